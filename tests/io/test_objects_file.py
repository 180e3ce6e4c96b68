"""Numbered objects are places, boxes and counts."""

import numpy as np
import pytest

from isocenter.core.errors import FileError, GeometryError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Study, Target
from isocenter.io.objects_file import read_objects
from isocenter.io.table import open_cases
from isocenter.io.write import write_image

NUMBERS = np.zeros((8, 6), np.uint8)
NUMBERS[1:3, 1:4] = 3  # touches the next
NUMBERS[3:5, 1:4] = 7
NUMBERS[7, 5] = 9
KINDS = np.where(NUMBERS == 7, 2, (NUMBERS > 0).astype(np.uint8)).astype(np.uint8)


def written(array, path, *, spacing=None):
    return write_image(held_image(array[None], plain_grid(array.shape, spacing=spacing)), path)


def test_touching_objects_stay_two_and_give_centroids(tmp_path):
    points = read_objects(written(NUMBERS, tmp_path / "n.png"), None, (), grid=None)
    assert points.world.tolist() == [[1.5, 2.0], [3.5, 2.0], [7.0, 5.0]]
    assert (points.names, points.extent) == (("point",), None)


def test_boxes_hold_their_objects_from_edge_to_edge(tmp_path):
    boxes = read_objects(written(NUMBERS, tmp_path / "n.png"), None, ("cell",), grid=None, boxes=True)
    assert boxes.world.tolist() == [[1.5, 2.0], [3.5, 2.0], [7.0, 5.0]]
    assert boxes.extent.tolist() == [[2, 3], [2, 3], [1, 1]]


def test_boxes_are_in_the_units_of_the_image(tmp_path):
    lies = plain_grid((8, 6), spacing=(0.5, 2.0), world="px")
    boxes = read_objects(written(NUMBERS, tmp_path / "n.png"), None, ("cell",), grid=lies, boxes=True)
    assert boxes.world[0].tolist() == [0.75, 4.0]
    assert boxes.extent[0].tolist() == [1.0, 6.0]


def test_a_second_picture_tells_their_kinds(tmp_path):
    files = written(NUMBERS, tmp_path / "n.png"), written(KINDS, tmp_path / "k.png")
    assert read_objects(*files, ("a", "b"), grid=None).kind.tolist() == [0, 1, 0]
    with pytest.raises(FileError, match=r"kinds 1 to 1 in k\.png, got 2"):
        read_objects(*files, ("a",), grid=None)
    with pytest.raises(GeometryError, match="shape"):
        read_objects(files[0], written(KINDS[:, :3], tmp_path / "s.png"), ("a", "b"), grid=None)
    with pytest.raises(FileError, match="a kind for every object"):
        read_objects(files[0], written(KINDS * (NUMBERS != 9), tmp_path / "z.png"), ("a", "b"), grid=None)


def test_nothing_numbered_is_no_object_and_one_number_for_all_is_refused(tmp_path):
    none = read_objects(written(0 * NUMBERS, tmp_path / "0.png"), None, (), grid=None, boxes=True)
    assert (len(none), none.extent.shape) == (0, (0, 2))
    spots = np.zeros((9, 9), np.uint8)
    spots[::4, ::4] = 255
    with pytest.raises(FileError, match=r"255 alone in 9 separate regions"):
        read_objects(written(spots, tmp_path / "s.png"), None, (), grid=None)


def test_a_study_reads_points_boxes_and_counts_of_one_picture(tmp_path):
    written(NUMBERS, tmp_path / "n.png"), written(KINDS, tmp_path / "k.png")
    (tmp_path / "cases.csv").write_text("case,image,nuclei,kinds\na,n.png,n.png,k.png\n", encoding="utf-8")
    shared = {"columns": ("nuclei", "kinds"), "instances": True}
    targets = (
        Target(name="places", type="points", classes=("a", "b"), **shared),
        Target(name="boxes", type="boxes", classes=("a", "b"), use="score", **shared),
        Target(name="all", type="count", columns=("nuclei",), instances=True, use="score"),
        Target(name="second", type="count", classes=("b",), use="score", **shared),
    )
    study = Study(name="s", cases=tmp_path / "cases.csv", inputs={"image": "image"}, targets=targets)
    labels = open_cases(study, folder=tmp_path)["a"].labels
    assert labels["places"].kind.tolist() == labels["boxes"].kind.tolist() == [0, 1, 0]
    assert (labels["all"].value, labels["second"].value) == (3.0, 1.0)
