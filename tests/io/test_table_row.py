"""A row knows its cells, where its files are, and where to point."""

import pytest

from isocenter.core.errors import FileError, GeometryError, StudyError
from isocenter.io.table_row import Row
from isocenter.io.text_columns import text_table


def row_of(folder, **cells):
    return Row(text_table([{"case": "one"} | cells]), 0, (folder / "data", folder), ("image",))


def test_the_first_folder_that_has_a_file_wins(tmp_path):
    (tmp_path / "data").mkdir()
    for place in (tmp_path / "data" / "a.png", tmp_path / "a.png", tmp_path / "b.png"):
        place.touch()
    row = row_of(tmp_path)
    assert row.path("a.png") == tmp_path / "data" / "a.png"
    assert row.path("b.png#red") == tmp_path / "b.png#red"  # a fragment stays on
    assert row.path("c.png") == tmp_path / "data" / "c.png"
    assert row.path(str(tmp_path / "b.png")) == tmp_path / "b.png"


def test_a_missing_file_says_line_column_and_what_to_do(tmp_path):
    with pytest.raises(FileError, match=r"cases\.csv, line 2, column 'image': expected the file a\.png.*leave the cell empty"):
        row_of(tmp_path, image="a.png").file("image")


def test_a_number_is_read_or_refused(tmp_path):
    assert row_of(tmp_path, age="63.5").number("age") == 63.5
    with pytest.raises(StudyError, match="expected a number, got 'old'"):
        row_of(tmp_path, age="old").number("age")


def test_errors_inside_are_told_their_place_once(tmp_path):
    row = row_of(tmp_path, image="x")
    with pytest.raises(GeometryError) as caught, row.blame("image"), row.blame("image"):
        raise GeometryError("expected this, got that.")
    assert str(caught.value) == "cases.csv, line 2, column 'image': expected this, got that."


def test_a_case_without_image_has_no_grid(tmp_path):
    assert row_of(tmp_path, image="").grid() is None
