"""Objects are paired once, as many as possible."""

import math

import numpy as np
import pytest

from isocenter.metrics.matching import Matches, box_iou, match_allowed, match_boxes, match_points


def test_ratios_by_hand_and_for_empty_sides():
    some = Matches(paired=3, extra=1, missed=2)
    assert (some.precision, some.recall, some.f1) == (0.75, 0.6, pytest.approx(2 / 3))
    assert some.critical_success == 0.5
    found_nothing, nothing = Matches(paired=0, extra=0, missed=4), Matches(paired=0, extra=0, missed=0)
    assert found_nothing.f1 == found_nothing.critical_success == 0.0
    assert math.isnan(found_nothing.precision)
    assert math.isnan(nothing.f1)
    assert math.isnan(nothing.critical_success)


def test_a_point_is_used_once_and_the_radius_counts_as_within():
    truth = np.array([[0.0, 0.0], [10.0, 0.0]])
    answer = np.array([[0.0, 3.0], [1.0, 0.0], [50.0, 0.0]])
    found = match_points(truth, answer, radius=3.0)
    assert (found.paired, found.extra, found.missed) == (1, 2, 1)
    assert match_points(truth[:1], answer[:1], radius=3.0).paired == 1
    assert match_points(truth[:1], answer[:1], radius=2.999).paired == 0


def test_the_most_pairs_beat_the_closest_pair():
    """Greedy by distance pairs b with 1 and leaves a alone."""
    truth, answer = np.array([[0.0], [4.0]]), np.array([[3.0], [6.5]])
    assert match_points(truth, answer, radius=3.0).paired == 2


def test_boxes_half_shifted_overlap_by_a_third():
    box, moved, size = np.array([[5.0, 5.0]]), np.array([[7.0, 5.0]]), np.array([[4.0, 4.0]])
    assert box_iou(box, size, moved, size)[0, 0] == pytest.approx(1 / 3)
    assert match_boxes(box, size, moved, size, least_iou=0.3).paired == 1
    assert match_boxes(box, size, moved, size, least_iou=0.5).paired == 0


def test_boxes_without_volume_do_not_overlap():
    assert box_iou(np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((1, 2)), np.zeros((1, 2)))[0, 0] == 0.0


def test_nothing_on_one_side():
    none, one = np.zeros((0, 2)), np.zeros((1, 2))
    assert match_points(none, one, radius=1).extra == 1
    assert match_boxes(one, one + 1, none, none, least_iou=0.5).missed == 1


def test_as_many_pairs_as_brute_force_finds(rng):
    from itertools import permutations

    for _ in range(20):
        allowed = rng.random((4, 5)) < 0.35
        best = max(sum(allowed[i, j] for i, j in enumerate(order)) for order in permutations(range(5), 4))
        assert match_allowed(rng.normal(size=(4, 5)) * 100, allowed).paired == best
