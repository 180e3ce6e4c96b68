"""Between the world and prepared samples."""

import numpy as np
import pytest

from isocenter.core.grid import Grid, as_affine
from isocenter.core.points import Points
from isocenter.learning.preparation import Prepared
from isocenter.methods._patches.placing import in_samples, in_world, sides_in_samples, sides_in_world


def prepared(affine, shape, half):
    """Every axis brought to half of its samples."""
    grid = Grid(shape=shape, affine=as_affine(np.asarray(affine, float)), world="ras_mm")
    small = tuple(n // 2 for n in shape) if half else shape
    return Prepared(key="c", image=np.zeros((1, *small), np.float32), grid=grid)


FLIPPED = [[-2.0, 0, 0, 10], [0, 0.5, 0, -4], [0, 0, 3, 0], [0, 0, 0, 1]]
SWAPPED = [[0, 0.5, 0, 1], [2.0, 0, 0, 2], [0, 0, 3, 3], [0, 0, 0, 1]]


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("affine", [FLIPPED, SWAPPED], ids=["flipped", "swapped"])
def test_there_and_back(affine, half, rng):
    case = prepared(affine, (8, 12, 6), half)
    places, sides = rng.uniform(-5, 5, (4, 3)), rng.uniform(1, 5, (4, 3))
    np.testing.assert_allclose(in_world(in_samples(places, case), case), places)
    boxes = Points(world=places, kind=np.zeros(4, np.intp), score=np.ones(4), names=("a",), extent=sides)
    np.testing.assert_allclose(sides_in_world(sides_in_samples(boxes, case), case), sides)


def test_a_box_of_six_millimetres_is_as_many_samples_as_fit_along_its_axis():
    case = prepared(SWAPPED, (8, 12, 6), True)  # world x runs along the second axis at 0.5 mm
    boxes = Points(
        world=np.zeros((1, 3)), kind=np.zeros(1, np.intp), score=np.ones(1), names=("a",), extent=np.array([[6.0, 6.0, 6.0]])
    )
    np.testing.assert_allclose(sides_in_samples(boxes, case), [[6 / 2 / 2, 6 / 0.5 / 2, 6 / 3 / 2]])


def test_points_without_extent_have_no_sides():
    points = Points(world=np.zeros((1, 3)), kind=np.zeros(1, np.intp), score=np.ones(1), names=("a",))
    with pytest.raises(ValueError, match="expected boxes"):
        sides_in_samples(points, prepared(FLIPPED, (8, 12, 6), False))
