"""COCO boxes are read by image."""

import json

import numpy as np
import pytest

from isocenter.core.errors import FileError, StudyError
from isocenter.io.coco import read_coco
from isocenter.io.points_file import read_points

FILE = {
    "images": [{"id": 7, "file_name": "a.png", "width": 40, "height": 30}, {"id": 8, "file_name": "b.png"}],
    "categories": [{"id": 3, "name": "RBC"}, {"id": 9, "name": "WBC"}],
    "annotations": [
        {"id": 1, "image_id": 7, "category_id": 9, "bbox": [10, 4, 6, 8]},
        {"id": 2, "image_id": 7, "category_id": 3, "bbox": [0, 0, 2, 2]},
    ],
}


@pytest.fixture
def path(tmp_path):
    (tmp_path / "boxes.json").write_text(json.dumps(FILE))
    return tmp_path / "boxes.json"


def test_a_box_is_its_middle_and_its_size(path):
    points = read_coco(path, "7", ("RBC", "WBC"))
    assert points.kind.tolist() == [1, 0]
    assert np.allclose(points.world, [[12.5, 7.5], [0.5, 0.5]])  # pixels 10 to 15 have their middle at 12.5
    assert np.allclose(points.extent, [[6, 8], [2, 2]])
    assert len(read_coco(path, "8", ())) == 0


def test_a_cell_names_the_image_behind_a_hash(path):
    assert len(read_points(path.with_name("boxes.json#7"), (), boxes=True)) == 2


def test_an_image_or_a_kind_that_is_not_there_is_named(path):
    with pytest.raises(StudyError, match="unknown image '9'"):
        read_coco(path, "9", ())
    with pytest.raises(StudyError, match="unknown kind 'WBC'"):
        read_coco(path, "7", ("RBC",))


def test_another_file_is_refused(tmp_path):
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(FileError, match="expected a COCO file"):
        read_coco(tmp_path / "x.json", "1", ())
    with pytest.raises(FileError, match="cannot read"):
        read_coco(tmp_path / "none.json", "1", ())
