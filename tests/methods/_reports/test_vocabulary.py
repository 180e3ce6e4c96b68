"""Phrases, exclusions and MeSH headings of the vocabulary; languages; sections."""

import pytest

from isocenter.core.errors import FileError, UnknownName
from isocenter.methods._reports.cues import read_cues
from isocenter.methods._reports.language import OTHER, language_of
from isocenter.methods._reports.sections import refusal
from isocenter.methods._reports.vocabulary import Term, Vocabulary, read_vocabulary

HEADER = "finding,mesh,phrases,exclusions\n"


def test_a_gap_holds_at_most_five_words():
    own = Vocabulary([Term(name="big_heart", mesh=(), phrases=("heart .. enlarged",))])
    assert own.find("heart is very mildly and slightly enlarged")
    assert not own.find("heart normal the aorta is a little bit enlarged")


def test_a_star_stands_for_the_rest_of_a_word_and_nothing_else():
    own = Vocabulary([Term(name="effusion", mesh=(), phrases=("effusion*",))])
    assert own.find("effusions seen")
    assert not own.find("no noneffusion")


def test_a_heading_may_carry_its_first_qualifier():
    term = Term(name="tortuous", mesh=("Aorta/tortuous",), phrases=("tortuous",))
    assert term.is_coded(["Aorta/tortuous/mild"])
    assert not term.is_coded(["Aorta", "Spine/tortuous"])


def test_a_vocabulary_survives_json():
    own = read_vocabulary()
    again = Vocabulary.from_json(own.to_json())
    assert again.names == own.names
    assert again.find("no effusion , pneumothorax") == own.find("no effusion , pneumothorax")


def test_every_finding_of_our_own_has_a_mesh_heading():
    assert all(term.mesh for term in read_vocabulary().terms)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,phrases\na,b\n", "expected rows with the columns"),
        (HEADER, "expected rows"),
        (HEADER + "a,,x,\na,,y,\n", "line 3"),
        (HEADER + "a,,,\n", "line 2"),
    ],
)
def test_a_wrong_vocabulary_is_refused_with_its_line(tmp_path, text, said):
    (tmp_path / "v.csv").write_text(text)
    with pytest.raises(FileError, match=said):
        read_vocabulary(tmp_path / "v.csv")


def test_a_kind_of_cue_that_does_not_exist_is_refused(tmp_path):
    (tmp_path / "c.csv").write_text("kind,phrase\nnegated_after,no\n")
    with pytest.raises(FileError, match="Did you mean negated_after_this"):
        read_cues(tmp_path / "c.csv")


def test_a_finding_the_vocabulary_lacks_is_named():
    with pytest.raises(UnknownName, match="Did you mean pneumothorax"):
        read_vocabulary().only(["pneumothrax"])


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("No acute disease.", "en"),
        ("Cardiomegaly.", ""),
        ("Kein Erguss. Herz normal groß.", "de"),
        ("Geen pleuravocht, hart niet vergroot.", "nl"),
        ("Pas d'épanchement pleural. Coeur de taille normale.", "fr"),
        ("Sin derrame pleural, silueta cardíaca de tamaño normal.", "es"),
        ("Нет выпота в плевральной полости.", OTHER),
        ("Serce niepowiększone, płuca bez zmian ogniskowych, kąty przeponowo żebrowe wolne.", OTHER),
        ("", ""),
    ],
)
def test_a_language_is_told_by_its_small_words(text, language):
    assert language_of(text) == language


def test_another_language_is_refused_and_a_short_text_is_not():
    assert "looks like de" in refusal({"report": "Kein Erguss, kein Pneumothorax."}, ("en",))
    assert refusal({"report": "Cardiomegaly."}, ("en",)) is None
    assert "got none" in refusal({}, ("en",))
