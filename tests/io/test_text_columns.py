"""A table of text gives back what was written, from where it stood."""

import numpy as np
import pytest

from isocenter.core.errors import FileError, StudyError
from isocenter.io.text_columns import TextColumn, is_number, read_text_table, text_table, write_text_table

ROWS = [{"a": "x", "b": 'says "no", twice'}, {"a": "ø\nline", "b": "2"}]


def test_a_column_holds_its_cells():
    cells = ["", "ø", "long " * 50, "", "z"]
    column = TextColumn(cells)
    assert [column[row] for row in range(len(column))] == cells


def test_rows_survive_writing(tmp_path):
    table = read_text_table(write_text_table(ROWS, tmp_path / "t.csv"))
    assert [{name: table.cell(row, name) for name in table.names} for row in range(len(table))] == ROWS
    assert [table.line(row) for row in range(len(table))] == [2, 4]  # the second row stands on two lines


def test_taking_rows_keeps_their_order_and_lines():
    table = text_table([{"n": str(i)} for i in range(5)]).take([3, 1]).take([1])
    assert table.cells("n") == ["1"]
    assert table.line(0) == 3


@pytest.mark.parametrize(("cells", "numeric"), [(["1", "", "2.5"], True), (["1", "x"], False), (["", ""], False), (["nan"], False)])
def test_a_column_of_numbers_is_one_in_the_whole_file(cells, numeric):
    table = text_table([{"v": cell} for cell in cells])
    assert table.numeric("v") == numeric
    assert table.take([0]).numeric("v") == numeric
    assert table.values("v").dtype == (np.float64 if numeric else object)


@pytest.mark.parametrize(("cell", "number"), [("1e3", True), ("-0.5", True), ("", False), ("inf", False), ("NA", False)])
def test_numbers_are_told_from_words(cell, number):
    assert is_number(cell) == number


def test_blank_lines_and_short_rows_are_forgiven(tmp_path):
    (tmp_path / "t.csv").write_text("a, b\n\n 1 ,\n2\n")
    table = read_text_table(tmp_path / "t.csv")
    assert (table.cells("a"), table.cells("b")) == (["1", "2"], ["", ""])


@pytest.mark.parametrize("raw", [b"PK\x03\x04rest", b"a,b\x00c"])
def test_a_spreadsheet_is_not_a_table(tmp_path, raw):
    (tmp_path / "t.csv").write_bytes(raw)
    with pytest.raises(FileError, match="Save as, CSV"):
        read_text_table(tmp_path / "t.csv")


def test_an_empty_file_and_a_missing_one_are_named(tmp_path):
    (tmp_path / "t.csv").write_text("")
    with pytest.raises(StudyError, match="header row"):
        read_text_table(tmp_path / "t.csv")
    with pytest.raises(FileError, match=r"cannot read the table gone\.csv"):
        read_text_table(tmp_path / "gone.csv")
