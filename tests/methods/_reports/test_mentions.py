"""What a sentence says of a finding: affirmed, denied or doubted, and why."""

import pytest

from isocenter.methods._reports.cues import read_cues
from isocenter.methods._reports.mentions import mentions_of, states_of
from isocenter.methods._reports.vocabulary import read_vocabulary

VOCABULARY, CUES = read_vocabulary(), read_cues()


def said(text: str) -> dict[str, str]:
    """Status by finding of a text."""
    return {m.finding: m.status for m in mentions_of({"findings": text}, VOCABULARY, CUES)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Small left pleural effusion.", {"pleural_effusion": "affirmed"}),
        ("No focal consolidation, pleural effusion, or pneumothorax.", {"pleural_effusion": "negated", "pneumothorax": "negated"}),
        ("The heart is not enlarged.", {"cardiomegaly": "negated"}),
        ("Cardiomegaly without pulmonary edema.", {"cardiomegaly": "affirmed", "congestion_edema": "negated"}),
        ("No pneumothorax, but there is a small effusion.", {"pneumothorax": "negated", "pleural_effusion": "affirmed"}),
        ("The left pneumothorax has resolved.", {"pneumothorax": "negated"}),
        ("A small effusion cannot be excluded.", {"pleural_effusion": "uncertain"}),
        ("Opacity which may represent atelectasis.", {"atelectasis": "uncertain"}),
        ("Atelectasis versus scarring.", {"atelectasis": "uncertain", "scar": "uncertain"}),
        ("No change in cardiomegaly.", {"cardiomegaly": "affirmed"}),
        ("The previously seen pneumothorax is no longer seen.", {"pneumothorax": "negated"}),
        ("There is no longer a pneumothorax.", {"pneumothorax": "negated"}),
        (
            "Pneumothorax is no longer visualized, effusion is unchanged.",
            {"pneumothorax": "negated", "pleural_effusion": "affirmed"},
        ),
        ("Pneumothorax: none.", {"pneumothorax": "negated"}),
        ("Effusion: No.", {"pleural_effusion": "negated"}),
        ("Effusion: no change.", {"pleural_effusion": "affirmed"}),
        ("Small pleural effusion?", {"pleural_effusion": "uncertain"}),
        ("Without pneumothorax and with pleural effusion.", {"pneumothorax": "negated", "pleural_effusion": "affirmed"}),
        ("Small pericardial effusion.", {}),
        ("The aorta is tortuous and calcified.", {"tortuous_aorta": "affirmed", "aortic_atherosclerosis": "affirmed"}),
        ("", {}),
    ],
)
def test_a_cue_reaches_as_far_as_its_scope(text, expected):
    assert said(text) == expected


def test_a_cue_does_not_reach_into_the_next_sentence():
    assert said("No pneumothorax. Pleural effusion on the left.")["pleural_effusion"] == "affirmed"


def test_a_mention_keeps_its_evidence():
    mention = mentions_of({"impression": "Clear. No large pleural effusion."}, VOCABULARY, CUES)[0]
    assert (mention.section, mention.sentence, mention.phrase, mention.cue) == ("impression", 1, "effusion", "no")
    assert str(mention) == 'impression 2: pleural_effusion negated ("effusion", "no")'


def test_one_affirmation_anywhere_is_enough():
    sections = {"findings": "No effusion. No pneumothorax.", "impression": "Effusion on the left. Possible atelectasis."}
    states = states_of(mentions_of(sections, VOCABULARY, CUES), VOCABULARY.names)
    assert states["pleural_effusion"] == "present"
    assert states["pneumothorax"] == "absent"
    assert states["atelectasis"] == "uncertain"
    assert states["nodule"] == "unmentioned"
