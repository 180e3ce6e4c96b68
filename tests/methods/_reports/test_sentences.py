"""Where one sentence ends and the next begins."""

import pytest

from isocenter.methods._reports.sentences import sentences_of, words_of


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Heart normal. Lungs clear.", ["heart normal", "lungs clear"]),
        ("1. Cardiomegaly. 2. No effusion.", ["cardiomegaly", "no effusion"]),
        ("A nodule of 1.5 cm. Dr. Smith was told.", ["a nodule of 1.5 cm", "dr . smith was told"]),
        ("No effusion.Heart normal.", ["no effusion", "heart normal"]),
        ("Clear\n\nNo effusion", ["clear", "no effusion"]),
        ("- clear\n- no effusion", ["clear", "no effusion"]),
        ("  . ", []),
        ("", []),
    ],
)
def test_sentences_are_split(text, sentences):
    assert [s.words for s in sentences_of({"findings": text})] == sentences


def test_sentences_are_numbered_within_their_section():
    found = [(s.section, s.number) for s in sentences_of({"findings": "One. Two.", "impression": "Three."})]
    assert found == [("findings", 0), ("findings", 1), ("impression", 0)]


def test_punctuation_inside_a_sentence_is_a_word_of_its_own():
    assert words_of("Atelectasis/scar, left; no effusion.") == "atelectasis/scar , left ; no effusion"
