"""Profiles of cells: shapes whose numbers can be worked out by hand."""

import math

import numpy as np
import pytest

from isocenter.biomarkers.cell_morphology import profile_cells
from isocenter.core.errors import GeometryError

X, Y = np.mgrid[:120, :100]


def ellipses() -> np.ndarray:
    objects = np.zeros(X.shape, np.int32)
    objects[(X - 30) ** 2 + (Y - 40) ** 2 <= 20**2] = 3
    objects[((X - 85) / 30) ** 2 + ((Y - 40) / 15) ** 2 <= 1] = 7
    return objects


def test_a_circle_and_an_ellipse_have_their_areas_and_shapes():
    circle, ellipse = profile_cells(ellipses(), np.ones((1, *X.shape)), pixel=0.5)
    assert (circle.number, ellipse.number) == (3, 7)
    assert circle.area == pytest.approx(math.pi * 10**2, rel=0.01)
    assert circle.perimeter == pytest.approx(2 * math.pi * 10, rel=0.06)
    assert circle.eccentricity == pytest.approx(0, abs=0.05)
    assert ellipse.eccentricity == pytest.approx(math.sqrt(1 - 0.25), abs=0.01)
    assert min(circle.solidity, ellipse.solidity) > 0.95
    assert (circle.x, circle.y) == pytest.approx((15, 20))
    assert circle.nearest == ellipse.nearest == pytest.approx(27.5)


def test_intensity_and_texture_are_of_the_cell_alone():
    objects = ellipses()
    picture = np.where(objects == 3, 100.0, 0.0) + np.where((objects == 7) & ((X + Y) % 2 == 0), 100.0, 0.0)
    flat, rough = profile_cells(objects, np.stack([picture, picture * 2]))
    assert flat.intensity_mean == (100, 200)
    assert (flat.contrast, flat.homogeneity, flat.entropy) == (0, 1, 0)
    assert rough.intensity_mean[0] == pytest.approx(50, abs=1)
    # Half the neighbors of a chessboard, the straight ones, differ, by all 15 steps.
    assert rough.contrast == pytest.approx(15**2 / 2, rel=0.02)


def test_cut_torn_and_missing_cells_are_told():
    objects = np.zeros((20, 20), int)
    assert profile_cells(objects, np.ones((1, 20, 20))) == []
    objects[0:3, 4:8] = objects[10, 10] = 1
    (only,) = profile_cells(objects, np.ones((1, 20, 20)))
    assert only.at_edge
    assert only.parts == 2
    assert math.isnan(only.nearest)


def test_a_cell_of_one_pixel_has_no_texture():
    objects = np.zeros((9, 9), int)
    objects[4, 4] = 1
    (only,) = profile_cells(objects, np.ones((1, 9, 9)))
    assert only.area == only.solidity == 1
    assert math.isnan(only.contrast)


def test_another_grid_is_refused():
    with pytest.raises(GeometryError, match="expected objects of shape"):
        profile_cells(np.ones((5, 5), int), np.ones((1, 5, 6)))
