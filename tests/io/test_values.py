"""Every kind of value survives JSON."""

import json
from pathlib import Path

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.errors import FileError
from isocenter.core.graph import Graph
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.core.points import Points
from isocenter.core.scores import Scores
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.io.values import value_from_json, value_to_json
from tests.io.phantoms import color_picture, corner_labels
from tests.io.synthetic_dicom import oblique_affine

NAN = float("nan")
VOLUME = Grid(shape=(13, 11, 6), affine=as_affine(oblique_affine()), world="ras_mm")
NAMES = ("background", "a", "b")


def _round(value: Value, folder: Path) -> Value:
    """Through JSON that a strict reader accepts."""
    text = json.dumps(value_to_json(value, folder, "case_target"), allow_nan=False)
    return value_from_json(json.loads(text), folder)


def assert_same(left: Value, right: Value) -> None:
    """Equal, field by field, NaN included."""
    assert type(left) is type(right)
    if isinstance(left, str):
        assert left == right
        return
    if isinstance(left, Mask) and isinstance(right, Mask):
        assert (left.names, left.overlapping) == (right.names, right.overlapping)
        assert (left.objects is None) == (right.objects is None)
        if left.objects is not None and right.objects is not None:
            np.testing.assert_array_equal(left.objects.array(), right.objects.array())
        left, right = left.labels, right.labels
    if isinstance(left, Image) and isinstance(right, Image):
        assert left.grid.affine == right.grid.affine
        assert (left.grid.world, left.grid.times_s, left.unit) == (right.grid.world, right.grid.times_s, right.unit)
        assert left.channels == right.channels
        np.testing.assert_array_equal(left.array(), right.array())
        return
    for name in type(left).__dataclass_fields__:
        ours, theirs = getattr(left, name), getattr(right, name)
        if isinstance(ours, np.ndarray):
            assert ours.shape == theirs.shape, name
            np.testing.assert_array_equal(ours, theirs)
        elif isinstance(ours, float):
            np.testing.assert_equal(ours, theirs)
        else:
            assert ours == theirs


VALUES: dict[str, Value] = {
    "text": "no focal lesion — naïve",
    "amount": Amount(value=3.5, unit="mL", low=3.0),
    "amount unknown": Amount(value=NAN, unit="1"),
    "scores": Scores(p=np.array([0.1, NAN, 0.9]), names=("a", "b", "c")),
    "survival": Survival(days=np.array([30.0, 365.0]), alive=np.array([0.9, 0.2])),
    "survival competing": Survival(days=np.array([30.0]), alive=np.array([1.0]), cause=2),
    "survival censored": Survival(days=np.array([np.inf]), alive=np.array([1.0]), censored=True),
    "points": Points(
        world=np.array([[1.5, 2, 3], [4, 5, 6]]), kind=np.array([0, 1]), score=np.array([0.3, NAN]), names=("node", "cyst")
    ),
    "points none": Points(world=np.zeros((0, 3)), kind=np.zeros(0, np.intp), score=np.zeros(0), names=("node",)),
    "boxes": Points(
        world=np.ones((1, 2)), kind=np.zeros(1, np.intp), score=np.ones(1), names=("node",), extent=np.array([[3.0, 4.0]])
    ),
    "graph": Graph(nodes=np.eye(3), edges=np.array([[0, 1], [1, 2]]), weight=np.array([0.5, NAN]), world=np.ones((3, 3))),
    "graph bare": Graph(nodes=np.zeros((0, 4)), edges=np.zeros((0, 2), np.intp), weight=np.zeros(0)),
    "mask": held_mask(corner_labels(), VOLUME, NAMES),
    "mask picture": held_mask(corner_labels()[:, :, 1], plain_grid((13, 11)), NAMES),
    "mask plane": held_mask(corner_labels()[:, :, 1], plain_grid((13, 11), spacing=(0.2, 0.3), world="plane_mm"), NAMES),
    "mask objects": Mask(
        labels=held_image((corner_labels() > 0).astype(np.uint8)[None], VOLUME, channels=("label",)),
        names=NAMES[:2],
        objects=held_image(7 * corner_labels()[None], VOLUME, channels=("object",)),
    ),
    "mask overlapping": Mask(
        labels=held_image(np.stack([corner_labels() > 0, corner_labels() > 1]), VOLUME, channels=("a", "b")),
        names=NAMES,
        overlapping=True,
    ),
    "image": held_image(np.linspace(0, 1, 858, dtype=np.float32).reshape(1, 13, 11, 6), VOLUME, unit="HU", channels=("p",)),
    "image channels": held_image(np.ones((2, 13, 11, 6), np.float32), VOLUME, channels=("background", "a")),
    "image color": held_image(color_picture(), plain_grid((7, 5)), channels=("red", "green", "blue")),
    "image map": held_image(np.linspace(0, 1, 35, dtype=np.float32).reshape(1, 7, 5), plain_grid((7, 5)), channels=("p",)),
    "image thin": held_image(np.ones((1, 7, 5, 1), np.float32), plain_grid((7, 5, 1))),
    "image cine": held_image(
        np.ones((1, 13, 11, 6, 2), np.float32),
        Grid(shape=(13, 11, 6), affine=VOLUME.affine, world="ras_mm", times_s=(0.0, 0.1)),
    ),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_survives_json(tmp_path: Path, name: str) -> None:
    assert_same(VALUES[name], _round(VALUES[name], tmp_path))


def test_a_mask_is_opened_only_when_asked_for(tmp_path: Path) -> None:
    data = value_to_json(VALUES["mask"], tmp_path, "m")
    (tmp_path / "m.nii.gz").unlink()
    mask = value_from_json(data, tmp_path)
    assert isinstance(mask, Mask)
    assert mask.grid.shape == (13, 11, 6)
    with pytest.raises(FileError, match=r"m\.nii\.gz"):
        mask.labels.array()


def test_a_folder_can_be_moved(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    data = value_to_json(VALUES["mask"], tmp_path / "a", "m")
    (tmp_path / "a").rename(tmp_path / "b")
    assert_same(VALUES["mask"], value_from_json(data, tmp_path / "b"))


@pytest.mark.parametrize("data", [{}, {"kind": "sound"}, {"kind": "mask", "file": "m.png"}])
def test_json_that_is_none_of_ours_is_refused(tmp_path: Path, data: dict[str, str]) -> None:
    with pytest.raises(FileError, match="expected an answer of kind"):
        value_from_json(data, tmp_path)
