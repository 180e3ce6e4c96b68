"""From a picture and its numbered cells to a table."""

import csv

import numpy as np
import PIL.Image
import pytest

from isocenter.core.errors import SettingError, StudyError
from isocenter.pipelines.pipeline import measure


@pytest.fixture
def files(tmp_path):
    objects = np.zeros((60, 80), np.uint16)  # rows first, as in the file
    objects[10:20, 10:40] = 1
    objects[30:40, 10:20] = 300
    objects[50:60, 60:70] = 301
    picture = np.full((60, 80, 3), 20, np.uint8)
    picture[objects == 300] = (200, 100, 50)
    PIL.Image.fromarray(picture).save(tmp_path / "picture.png")
    PIL.Image.fromarray(objects).save(tmp_path / "cells.png")
    return tmp_path


def test_every_cell_has_a_row(files):
    made = measure("cell_profiles", files / "picture.png", files / "cells.png", out=files / "out")
    with open(files / "out" / "cells.csv", newline="", encoding="utf-8") as file:
        rows = {row["number"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["1", "300", "301"]
    assert (rows["1"]["area"], rows["1"]["x"], rows["1"]["y"]) == ("300", "24.5", "14.5")
    assert [float(rows["300"][f"intensity_mean_{c}"]) for c in ("red", "green", "blue")] == [200, 100, 50]
    assert [row["at_edge"] for row in rows.values()] == ["0", "0", "1"]
    values = {m.name: m.value for m in made.measurements}
    assert values["cells"] == 3
    assert values["median_area"] == 200  # the cut one left out
    assert not made.findings


def test_cut_cells_can_be_kept(files):
    made = measure("cell_profiles", files / "picture.png", files / "cells.png", out=files / "out", settings={"edge": "keep"})
    assert {m.name: m.value for m in made.measurements}["median_area"] == 100
    with pytest.raises(SettingError, match="keep or leave_out"):
        measure("cell_profiles", files / "picture.png", files / "cells.png", out=files / "out", settings={"edge": "cut"})


def test_a_mask_and_a_picture_in_place_of_cells_are_told(files):
    PIL.Image.fromarray(np.pad(np.full((9, 9), 1, np.uint16), ((9, 42), (9, 62)))).save(files / "mask.png")
    made = measure("cell_profiles", files / "picture.png", files / "mask.png", out=files / "out")
    assert [f.code for f in made.findings] == ["few_cells"]
    with pytest.raises(StudyError, match="one number a pixel"):
        measure("cell_profiles", files / "picture.png", files / "picture.png", out=files / "out")
