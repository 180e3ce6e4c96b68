"""A text input is the words of a cell, a file, or one field of one record."""

import json

import pytest

from isocenter.core.errors import FileError
from isocenter.core.study import Study
from isocenter.io.report_text import read_text
from isocenter.io.table import open_cases


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "one.txt").write_text("The heart is enlarged.", encoding="utf-8")
    records = [{"uid": "1", "findings": "Löwe clear.", "impression": ""}, {"uid": 22, "findings": "No effusion."}]
    (tmp_path / "r.jsonl").write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in records), encoding="utf-8")
    return tmp_path


def text_of(folder, cell, unit="text"):
    (folder / "cases.csv").write_text(f'case,report\na,"{cell}"\n', encoding="utf-8")
    study = Study(name="s", cases="cases.csv", inputs={"report": "report"}, units={"report": unit} if unit else {})
    return open_cases(study, folder=folder)["a"].inputs["report"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Clear.", "Clear."),
        ("Heart/mediastinum: normal; no effusion", "Heart/mediastinum: normal; no effusion"),
        ("one.txt", "The heart is enlarged."),
        ("r.jsonl#uid=1:findings", "Löwe clear."),
        ("r.jsonl#uid=22:findings", "No effusion."),
        ("See the file named one.txt", "See the file named one.txt"),
    ],
)
def test_a_declared_text_is_read_from_wherever_it_stands(folder, cell, text):
    assert text_of(folder, cell) == text


def test_a_record_is_text_without_being_declared(folder):
    assert text_of(folder, "r.jsonl#uid=1:findings", unit="") == "Löwe clear."


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("two.txt", "line 2, column 'report': expected the file two.txt"),
        ("r.jsonl#uid=3:findings", "whose uid is 3, got none among 2"),
        ("r.jsonl#uid=1:finding", "Did you mean findings"),
        ("r.jsonl#uid=1:impression", "got nothing"),
        ("r.jsonl#1", "expected #key=value:field"),
    ],
)
def test_a_text_that_is_not_there_is_named_with_its_line(folder, cell, said):
    with pytest.raises(FileError, match="line 2, column 'report'") as error:
        text_of(folder, cell)
    assert said in str(error.value)


def test_a_file_that_changed_is_read_again(folder):
    assert read_text(folder / "r.jsonl#uid=1:findings") == "Löwe clear."
    (folder / "r.jsonl").write_text('{"uid": "0", "findings": "x"}\n{"uid": "1", "findings": "Changed."}\n', encoding="utf-8")
    assert read_text(folder / "r.jsonl#uid=1:findings") == "Changed."


def test_a_line_that_is_no_json_is_named(folder):
    (folder / "r.jsonl").write_text('{"uid": "0"}\n{broken\n', encoding="utf-8")
    with pytest.raises(FileError, match="line 2"):
        read_text(folder / "r.jsonl#uid=0:findings")
