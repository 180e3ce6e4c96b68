"""One object a row, by numbers or by a row of a file: the samples whose centers lie inside."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError, StudyError
from isocenter.core.grid import Grid, plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Study, Target
from isocenter.io.table import open_cases
from isocenter.io.write import write_image

PLANE = plain_grid((10, 8))
VOLUME = Grid(
    shape=(6, 5, 4),
    affine=((-2.0, 0.0, 0.0, 20.0), (0.0, 1.0, 0.0, -3.0), (0.0, 0.0, 5.0, 0.0), (0.0, 0.0, 0.0, 1.0)),
    world="ras_mm",
)


def opened(folder, cell, *, grid=PLANE, files=None):
    name = "image.png" if grid is PLANE else "image.nii.gz"
    write_image(held_image(np.zeros((1, *grid.shape), np.uint8), grid), folder / name)
    for file, text in (files or {}).items():
        (folder / file).write_text(text, encoding="utf-8")
    (folder / "cases.csv").write_text(f'case,image,place,kind\na,{name},"{cell}",b\n', encoding="utf-8")
    target = Target(name="kind", type="class", columns=("kind",), classes=("a", "b"), scope="box:place")
    study = Study(name="s", cases=folder / "cases.csv", inputs={"image": "image"}, targets=(target,))
    return open_cases(study, folder=folder)["a"]


def inside(case):
    return np.argwhere(case.regions["place"].labels.array()[0])


def test_a_box_holds_the_samples_whose_centers_lie_inside(tmp_path):
    found = inside(opened(tmp_path, "4 3 3 1"))
    assert found.tolist() == [[3, 3], [4, 3], [5, 3]]
    half = inside(opened(tmp_path, "4.5;3;2;4"))
    assert half.min(axis=0).tolist() == [4, 1]
    assert half.max(axis=0).tolist() == [5, 5]


def test_a_box_in_millimeters_follows_the_affine_flip_and_spacing_included(tmp_path):
    found = inside(opened(tmp_path, "14 0 10 4 2 10", grid=VOLUME))
    assert found.min(axis=0).tolist() == [2, 2, 1]  # x 16 … 12 mm at -2 mm a sample from 20; y -1 … 1; z 5 … 15
    assert found.max(axis=0).tolist() == [4, 4, 3]
    world = VOLUME.to_world(found)
    assert (np.abs(world - [14, 0, 10]) <= [2, 1, 5]).all()


def test_a_place_is_its_nearest_sample_and_a_thin_box_no_less(tmp_path):
    assert inside(opened(tmp_path, "4.4 3.4")).tolist() == [[4, 3]]
    assert inside(opened(tmp_path, "4.4 3.4 0.1 0.1")).tolist() == [[4, 3]]


def test_a_box_is_cut_at_the_image_and_refused_outside(tmp_path):
    assert inside(opened(tmp_path, "0 0 4 4")).max(axis=0).tolist() == [2, 2]
    with pytest.raises(GeometryError, match=r"cases.csv, line 2, column 'place': expected an object inside the image of 10 x 8"):
        inside(opened(tmp_path, "40 3 4 4"))


def test_a_row_of_a_file_of_boxes_or_points(tmp_path):
    boxes = {"boxes.csv": "x,y,w,h\n1,1,1,1\n7,5,1,3\n"}
    assert inside(opened(tmp_path, "boxes.csv#1", files=boxes)).tolist() == [[7, 4], [7, 5], [7, 6]]
    assert inside(opened(tmp_path, "one.csv", files={"one.csv": "i,j\n2,6\n"})).tolist() == [[2, 6]]
    with pytest.raises(StudyError, match=r"one object of the 2 in boxes.csv, got none named"):
        inside(opened(tmp_path, "boxes.csv", files=boxes))
    with pytest.raises(StudyError, match=r"got #2"):
        inside(opened(tmp_path, "boxes.csv#2", files=boxes))


def test_numbers_that_make_no_object_are_refused(tmp_path):
    for cell, said in (("1 2 3 4 5", "x y w h"), ("1 2 3", "expected 2 coordinates"), ("1 2 -3 4", "sizes of 0 or more")):
        with pytest.raises(StudyError, match=said):
            inside(opened(tmp_path, cell))


def test_a_case_without_a_box_has_no_region_and_an_odd_scope_is_refused(tmp_path):
    assert "place" not in opened(tmp_path, "").regions
    with pytest.raises(ValueError, match="box:<column>"):
        Target(name="kind", type="class", columns=("kind",), classes=("a", "b"), scope="boxes:place")
