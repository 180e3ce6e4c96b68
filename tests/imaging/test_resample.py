"""Resampling keeps places: a structure stays where it is in the world."""

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.imaging.resample import average_to, to_grid, zoom_to


def test_doubling_repeats_labels():
    labels = np.array([[[1, 2], [3, 4]]], np.uint8)
    assert zoom_to(labels, (4, 2), order=0)[0].tolist() == [[1, 2], [1, 2], [3, 4], [3, 4]]


def test_a_constant_stays_constant_and_its_type_changes_only_when_interpolated():
    ones = np.ones((2, 5, 7), np.int16)
    assert (zoom_to(ones, (3, 9), order=1) == 1).all()
    assert zoom_to(ones, (3, 9), order=0).dtype == np.int16


def test_a_shifted_grid_sees_the_structure_shifted():
    source = plain_grid((6, 5), spacing=(1, 1), world="plane_mm")
    moved = Grid(shape=(6, 5), affine=((1, 0, 2), (0, 1, 0), (0, 0, 1)), world="plane_mm")
    image = np.zeros((1, 6, 5), np.float32)
    image[0, 3, 1] = 1
    seen = to_grid(image, source, moved, order=1, fill=-1)
    assert seen[0, 1, 1] == 1
    assert (seen[0, 4:] == -1).all()


def test_two_worlds_do_not_mix():
    with pytest.raises(GeometryError, match="one world"):
        to_grid(np.zeros((1, 3, 3)), plain_grid((3, 3)), plain_grid((3, 3), world="plane_mm"))


def test_a_label_fills_its_sample_to_the_border():
    coarse = Grid(shape=(2, 1), affine=as_affine([[2, 0, 0.5], [0, 1, 0], [0, 0, 1]]), world="plane_mm")
    fine = Grid(shape=(6, 1), affine=as_affine([[1, 0, -1], [0, 1, 0], [0, 0, 1]]), world="plane_mm")
    assert to_grid(np.array([[[1], [2]]], np.uint8), coarse, fine, order=0).ravel().tolist() == [0, 1, 1, 2, 2, 0]


def test_shrinking_by_averaging_keeps_the_mean_and_finds_a_dot_wherever_it_lies():
    for place in range(10):
        image = np.zeros((1, 10, 10), np.float32)
        image[0, place, 3] = 1
        small = average_to(image, (4, 3))
        assert small.shape == (1, 4, 3)
        assert small.mean() == pytest.approx(image.mean(), abs=1e-6)
        assert small.max() >= 0.33 * 12 / 100  # at worst half of it, and two thirds of that
    board = np.indices((8, 8)).sum(axis=0)[None] % 2
    np.testing.assert_allclose(average_to(board, (4, 4)), 0.5, atol=1e-6)


def test_averaging_shares_a_sample_out_by_its_part():
    np.testing.assert_allclose(average_to(np.array([[3.0, 6.0, 9.0]]), (2,)), [[(3 + 3) / 1.5, (3 + 9) / 1.5]], atol=1e-6)


def test_averaging_interpolates_along_axes_that_grow():
    ramp = np.arange(4, dtype=np.float32)[None, :, None] * np.ones((1, 4, 6), np.float32)
    np.testing.assert_allclose(average_to(ramp, (8, 3))[..., :1], zoom_to(ramp, (8, 6))[..., :1], atol=1e-6)
