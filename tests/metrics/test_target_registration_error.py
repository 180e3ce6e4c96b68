"""Errors of landmarks by hand."""

import math

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.metrics.target_registration_error import landmark_error, robustness

TRUE = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]])


def test_distances_their_median_and_their_share_of_the_diagonal():
    found = landmark_error(TRUE, TRUE + np.array([[3, 4], [0, 1], [0, 0]]), diagonal=50.0)
    assert found.distances.tolist() == [5, 1, 0]
    assert (found.median, found.largest) == (1, 5)
    assert found.relative.tolist() == [0.1, 0.02, 0]


def test_moving_both_changes_nothing():
    moved = landmark_error(TRUE + 7, TRUE + np.array([3, 4]) + 7, diagonal=50.0)
    np.testing.assert_allclose(moved.distances, 5)


def test_a_landmark_without_a_place_is_the_worst():
    found = landmark_error(TRUE, np.array([[0, 0], [np.nan, np.nan], [0, 10.0]]), diagonal=50.0)
    assert (found.median, found.largest) == (0, math.inf)


def test_robustness_is_the_share_that_came_nearer():
    before = landmark_error(TRUE, TRUE + np.array([5, 0]), diagonal=50.0)
    after = landmark_error(TRUE, TRUE + np.array([[1, 0], [6, 0], [np.nan, 0]]), diagonal=50.0)
    assert robustness(before, after) == pytest.approx(1 / 3)


def test_without_landmarks_there_is_no_error():
    nothing = landmark_error(np.zeros((0, 2)), np.zeros((0, 2)), diagonal=50.0)
    assert math.isnan(nothing.median)
    assert math.isnan(robustness(nothing, nothing))


def test_lists_that_do_not_go_together_are_refused():
    with pytest.raises(GeometryError, match="got 3 and 2"):
        landmark_error(TRUE, TRUE[:2], diagonal=50.0)
    with pytest.raises(GeometryError, match="diagonal above 0"):
        landmark_error(TRUE, TRUE, diagonal=0.0)
