"""The structures of a mask are places and boxes, one of each."""

import numpy as np
import pytest

from isocenter.core.errors import FileError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Study
from isocenter.io.structures_file import read_structures
from isocenter.io.table import open_cases
from isocenter.io.write import write_image

MASK = np.zeros((10, 8, 6), np.uint8)
MASK[2:6, 1:4, 0:2] = 1
MASK[6:8, 1:4, 0:2] = 2
MASK[9, 7, 5] = 7  # nobody asks for it
NAMES = ("anterior", "posterior")


def written(array, path):
    return write_image(held_image(array[None], plain_grid(array.shape, spacing=(1.0, 1.0, 2.0), world="ras_mm")), path)


def test_each_class_is_one_structure_in_the_box_around_it(tmp_path):
    boxes = read_structures(written(MASK, tmp_path / "m.nii.gz"), {1: 0, 2: 1}, NAMES, grid=None, boxes=True)
    assert boxes.names == NAMES
    assert boxes.kind.tolist() == [0, 1]
    assert boxes.world.tolist() == [[3.5, 2.0, 1.0], [6.5, 2.0, 1.0]]
    assert boxes.extent.tolist() == [[4, 3, 4], [2, 3, 4]]


def test_several_numbers_may_be_one_structure(tmp_path):
    whole = read_structures(written(MASK, tmp_path / "m.nii.gz"), {1: 0, 2: 0}, ("hippocampus",), grid=None, boxes=True)
    assert whole.extent.tolist() == [[6, 3, 4]]
    place = read_structures(tmp_path / "m.nii.gz", {1: 0, 2: 0}, ("hippocampus",), grid=None)
    assert place.world.tolist() == [[4.5, 2.0, 1.0]]
    assert place.extent is None


def test_what_a_mask_does_not_show_is_absent(tmp_path):
    path = written(np.where(MASK == 2, MASK, 0).astype(np.uint8), tmp_path / "m.nii.gz")
    assert read_structures(path, {1: 0, 2: 1}, NAMES, grid=None, boxes=True).kind.tolist() == [1]
    nothing = read_structures(written(0 * MASK, tmp_path / "0.nii.gz"), {1: 0, 2: 1}, NAMES, grid=None, boxes=True)
    assert (len(nothing), nothing.extent.shape) == (0, (0, 3))
    assert read_structures(tmp_path / "0.nii.gz", {1: 0, 2: 1}, NAMES, grid=None).world.shape == (0, 3)


def test_fractions_are_no_mask(tmp_path):
    with pytest.raises(FileError, match="whole number"):
        read_structures(written((MASK / 3).astype(np.float32), tmp_path / "f.nii.gz"), {1: 0}, NAMES, grid=None)


def test_a_study_says_so_with_values(tmp_path):
    written(MASK, tmp_path / "m.nii.gz")
    (tmp_path / "cases.csv").write_text("case,patient,t1,label\na,p,m.nii.gz,m.nii.gz\nb,q,m.nii.gz,0\n", encoding="utf-8")
    target = {"type": "boxes", "columns": "label", "classes": ["hippocampus"], "values": {1: 0, 2: 0}}
    study = Study.model_validate(
        {"name": "h", "cases": "cases.csv", "inputs": {"t1": "t1"},
         "targets": [{"name": "box", **target}, {"name": "middle", **target, "type": "points"}]}
    )  # fmt: skip
    cases = open_cases(study, folder=tmp_path)
    assert cases["a"].labels["box"].extent.tolist() == [[6, 3, 4]]
    assert cases["a"].labels["middle"].world.tolist() == [[4.5, 2.0, 1.0]]
    assert cases["b"].labels["box"].extent.shape == (0, 3)  # looked at, nothing there
    assert cases["b"].labels["middle"].extent is None
