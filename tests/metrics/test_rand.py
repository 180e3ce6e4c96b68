"""The Rand score equals scikit-image's; splits, merges and border widths do what they should."""

import math

import numpy as np
import pytest
from skimage.metrics import adapted_rand_error

from isocenter.metrics.rand import foreground_rand, rand_score, thinned_segments


def grid_of_cells(width=1, *, missing=None, extra=None, size=60):
    """Four cells parted by a cross of membranes; one arm may be missing, an extra wall may split a cell."""
    border = np.zeros((size, size), bool)
    half = size // 2
    border[half - width // 2 : half + (width + 1) // 2] = True
    border[:, half - width // 2 : half + (width + 1) // 2] = True
    if missing:
        border[half - width : half + width, 5:15] = False
    if extra:
        border[size // 4, :half] = True
    return border


def test_segments_equal_scikit_images_adapted_rand(rng):
    for _ in range(10):
        truth, answer = rng.integers(0, 5, (120, 120)), rng.integers(1, 6, (120, 120))
        error, precision, recall = adapted_rand_error(truth, answer)
        ours = rand_score(truth, answer)
        assert ours.f == pytest.approx(1 - error, abs=1e-3)  # theirs leaves out pairs of a sample with itself
        assert sorted((ours.split, ours.merge)) == pytest.approx(sorted((precision, recall)), abs=1e-3)


def test_the_same_cells_score_one_whatever_the_width_of_the_borders():
    for width in (1, 2, 5):
        assert foreground_rand(grid_of_cells(2), grid_of_cells(width)).f == pytest.approx(1.0, abs=0.02)


def test_a_gap_merges_two_cells_and_lowers_the_merge_part_alone():
    score = foreground_rand(grid_of_cells(2), grid_of_cells(2, missing=True))
    assert score.split == pytest.approx(1.0, abs=0.02)
    # cells of 1/4: two alone, two merged: (4 x 1/16) / (2 x 1/16 + 1/4)
    assert score.merge == pytest.approx(0.25 / 0.375, abs=0.02)


def test_a_wall_too_many_splits_a_cell_and_lowers_the_split_part_alone():
    score = foreground_rand(grid_of_cells(2), grid_of_cells(2, extra=True))
    assert score.merge == pytest.approx(1.0, abs=0.02)
    # three whole cells and two halves: (3 x 1/16 + 2 x 1/64) / (4 x 1/16)
    assert score.split == pytest.approx(0.875, abs=0.03)


def test_no_border_at_all_merges_everything():
    score = foreground_rand(grid_of_cells(2), np.zeros((60, 60), bool))
    assert score.split == 1.0
    assert score.merge == pytest.approx(0.25, abs=0.01)


def test_a_picture_that_is_all_border_is_one_segment():
    assert np.unique(thinned_segments(np.ones((5, 5), bool))).tolist() == [1]
    assert math.isnan(foreground_rand(np.ones((5, 5), bool), np.zeros((5, 5), bool)).f)


def test_what_lies_outside_the_region_does_not_count():
    region = np.zeros((60, 60), bool)
    region[:, 33:] = True
    spoiled = grid_of_cells(2, missing=True)  # the gap lies at columns 5 to 15
    assert foreground_rand(grid_of_cells(2), spoiled, region=region).f == pytest.approx(1.0)
