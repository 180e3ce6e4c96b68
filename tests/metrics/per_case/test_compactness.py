"""Compactness of a case, answered and true."""

import math

import numpy as np

from isocenter.metrics.per_case.compactness import METRIC

from ..pairs import mask_pair, values


def test_both_masks_are_measured_by_class():
    truth, answer = np.zeros((20, 20), int), np.zeros((20, 20), int)
    truth[4:14, 4:14] = 1
    answer[4:14, 4:14] = 1
    answer[:, 9] = 1
    found = values(METRIC(mask_pair(truth, answer)))
    assert set(found) == {"compactness_lung", "compactness", "true_compactness_lung", "true_compactness"}
    assert found["compactness"] == found["compactness_lung"] < found["true_compactness"]


def test_an_empty_answer_has_none():
    found = values(METRIC(mask_pair([[1, 1], [1, 1]], [[0, 0], [0, 0]])))
    assert math.isnan(found["compactness"])
    assert found["true_compactness"] > 0
