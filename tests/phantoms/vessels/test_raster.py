"""Tubes in voxels: volumes known by formula."""

import numpy as np
import pytest

from isocenter.phantoms.vessels.raster import Cube, draw_ball, draw_tubes
from isocenter.phantoms.vessels.tissue import average_cube, smooth_field

CUBE = Cube(size=48, voxel_mm=0.5)


def straight(radius, cube=CUBE, tilt=0.0):
    """A tube right through the cube."""
    line = np.array([[-tilt, 0.13, -40.0], [tilt, 0.13, 40.0]])
    return draw_tubes(cube, [line], [np.full(2, radius)], [np.array([0.0, 80.0])])


@pytest.mark.parametrize("radius", [0.15, 0.6, 1.0, 3.0])
def test_a_straight_tube_has_the_volume_of_its_cylinder(radius):
    occupancy, _ = straight(radius)
    volume = occupancy.sum() * 0.5**3
    assert volume == pytest.approx(np.pi * radius**2 * 24.0, rel=0.1 if radius < 0.25 else 0.03)  # partial volume counted


def test_a_mask_cut_at_one_half_has_that_volume_too():
    occupancy, _ = straight(3.0)
    assert (occupancy >= 0.5).sum() * 0.5**3 == pytest.approx(np.pi * 9 * 24.0, rel=0.03)


def test_values_are_carried_along_the_line():
    occupancy, value = straight(2.0)
    height = CUBE.centers
    middle = value[24, 24]
    np.testing.assert_allclose(middle, height + 40.0, atol=0.3)
    assert (value[occupancy == 0] == 0).all()


def test_a_ball_has_its_volume():
    occupancy = np.zeros((48,) * 3, np.float32)
    own = draw_ball(CUBE, occupancy, np.array([1.0, -2.0, 3.0]), 4.0)
    assert own.sum() * 0.5**3 == pytest.approx(4 / 3 * np.pi * 64, rel=0.02)


def test_a_tube_outside_the_cube_leaves_it_empty():
    line = np.array([[100.0, 0, 0], [120.0, 0, 0]])
    assert draw_tubes(CUBE, [line], [np.ones(2)], [np.zeros(2)])[0].sum() == 0


def test_averaging_keeps_the_mean(rng):
    fine = rng.random((8, 8, 8)).astype(np.float32)
    assert average_cube(fine, 2).mean() == pytest.approx(fine.mean(), rel=1e-5)


def test_a_smooth_field_is_the_same_at_another_voxel_size():
    fields = [smooth_field(Cube(size=n, voxel_mm=24.0 / n), np.random.default_rng(0), 4.0) for n in (24, 48)]
    assert np.corrcoef(average_cube(fields[1], 2).ravel(), fields[0].ravel())[0, 1] > 0.98
