"""Boxes and points become classes of voxels."""

import numpy as np
import pytest

from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.points import Points
from isocenter.learning.inference.valid_windows import padded
from isocenter.methods._voxels.labels import inside, voxel_labels


def points(world, *, extent=None, kind=None) -> Points:
    world = np.asarray(world, float)
    kinds = np.zeros(len(world), np.intp) if kind is None else np.asarray(kind, np.intp)
    size = None if extent is None else np.asarray(extent, float)
    return Points(world=world, kind=kinds, score=np.full(len(world), np.nan), names=("a", "b"), extent=size)


def test_the_ellipsoid_of_a_box_has_its_volume() -> None:
    grid = plain_grid((40, 40, 40), spacing=(1.0, 1.0, 2.0), world="ras_mm")
    labels = voxel_labels(points([[20, 20, 40]], extent=[[20, 12, 16]]), grid, grid.shape, radius=1.0)
    assert (labels == 1).sum() * 2 == pytest.approx(np.pi / 6 * 20 * 12 * 16, rel=0.05)
    assert labels[20, 20, 20] == 1


def test_a_turned_grid_keeps_the_axes_of_a_box() -> None:
    matrix = np.zeros((4, 4))
    matrix[0, 1], matrix[1, 0], matrix[2, 2], matrix[3, 3] = -1.0, 1.0, 1.0, 1.0  # first index axis along world y
    grid = Grid(shape=(40, 40, 10), affine=as_affine(matrix), world="ras_mm")
    labels = voxel_labels(points([[-20, 20, 5]], extent=[[4, 20, 4]]), grid, grid.shape, radius=1.0)
    found = np.argwhere(labels)
    assert np.ptp(found, axis=0).tolist() == [20, 4, 4]


def test_points_are_balls_and_the_small_lie_on_top() -> None:
    grid = plain_grid((30, 30))
    labels = voxel_labels(points([[15, 15]]), grid, grid.shape, radius=3.0)
    assert (labels == 1).sum() == 29
    both = voxel_labels(points([[15, 15], [15, 15]], extent=[[4, 4], [12, 12]], kind=[1, 0]), grid, grid.shape, radius=1.0)
    assert both[15, 15] == 2
    assert both[20, 15] == 1


def test_even_the_smallest_marks_its_own_sample_and_those_outside_mark_none() -> None:
    grid = plain_grid((10, 10))
    assert (voxel_labels(points([[4.2, 5.1]], extent=[[0.1, 0.1]]), grid, grid.shape, radius=1.0) == 1).sum() == 1
    assert not voxel_labels(points([[40.0, 5.0]], extent=[[2, 2]]), grid, grid.shape, radius=1.0).any()
    assert not voxel_labels(points(np.zeros((0, 2))), grid, grid.shape, radius=1.0).any()


def test_resampled_images_are_labeled_at_their_own_samples() -> None:
    grid = plain_grid((40, 40))
    labels = voxel_labels(points([[19.5, 19.5]], extent=[[20, 20]]), grid, (20, 20), radius=1.0)
    assert (labels == 1).sum() * 4 == pytest.approx(np.pi / 4 * 400, rel=0.08)


def test_what_was_padded_is_found_again() -> None:
    image = np.random.default_rng(0).standard_normal((2, 7, 1, 9)).astype(np.float32)
    assert np.array_equal(inside(padded(image, (5, 1, 4)), (5, 1, 4)), image)
