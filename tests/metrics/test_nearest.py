"""Nearest distances and boxes."""

import numpy as np

from isocenter.metrics.nearest import bounding_box, nearest_distances


def test_three_samples_of_2_mm_are_6_mm(monkeypatch):
    start, end = np.zeros((2, 9, 9), bool)
    start[1, 4] = start[8, 4] = end[4, 4] = True
    for limit in (1 << 24, 0):
        monkeypatch.setattr("isocenter.metrics.nearest._MAP_SAMPLES", limit)
        np.testing.assert_allclose(nearest_distances(start, end, (2.0, 1.0)), [6.0, 8.0])
        np.testing.assert_allclose(nearest_distances(end, end, (2.0, 1.0)), [0.0])


def test_nothing_is_infinitely_far():
    assert nearest_distances(np.ones((2, 2), bool), np.zeros((2, 2), bool), (1, 1)).tolist() == [np.inf] * 4


def test_the_box_holds_both_masks_and_is_none_for_nothing():
    a, b = np.zeros((2, 9, 9), bool)
    a[2, 3] = b[7, 1] = True
    assert bounding_box(a, b) == (slice(2, 8), slice(1, 4))
    assert bounding_box(np.zeros((3, 3), bool)) is None
