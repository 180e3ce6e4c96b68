"""Betti errors of a case, class by class."""

import math

import numpy as np

from isocenter.metrics.per_case.betti_error import METRIC

from ..pairs import mask_pair, values


def test_a_missing_hole_and_a_crumb_are_counted_by_class():
    truth = np.zeros((12, 12), int)
    truth[1:6, 1:6] = 1
    truth[3, 3] = 0
    truth[8:11, 8:11] = 2
    answer = truth.copy()
    answer[3, 3], answer[0, 11], answer[11, 0] = 1, 1, 2
    found = values(METRIC(mask_pair(truth, answer, names=("background", "ring", "block"))))
    assert found["betti_error_ring"] == 2
    assert (found["betti_error_components_ring"], found["betti_error_holes_ring"]) == (1, 1)
    assert (found["betti_error_components_block"], found["betti_error_holes_block"]) == (1, 0)
    assert found["betti_error"] == 1.5
    assert "betti_error_cavities" not in found


def test_a_volume_has_cavities():
    truth = np.ones((5, 5, 5), int)
    answer = truth.copy()
    answer[2, 2, 2] = 0
    found = values(METRIC(mask_pair(truth, answer, spacing=(1.0, 1.0, 4.0))))
    assert (found["betti_error_components"], found["betti_error_holes"], found["betti_error_cavities"]) == (0, 0, 1)
    assert found["betti_error"] == 1


def test_an_empty_answer_misses_everything_and_two_empty_masks_say_nothing():
    truth = np.eye(3, dtype=int)
    assert values(METRIC(mask_pair(truth, 0 * truth)))["betti_error"] == 1
    assert math.isnan(values(METRIC(mask_pair(0 * truth, 0 * truth)))["betti_error"])


def test_nothing_outside_the_region_counts():
    truth, answer, region = np.zeros((6, 6), int), np.zeros((6, 6), int), np.zeros((6, 6), int)
    truth[1, 1] = answer[1, 1] = answer[5, 5] = 1
    region[:4, :4] = 1
    assert values(METRIC(mask_pair(truth, answer, region=region)))["betti_error"] == 0
