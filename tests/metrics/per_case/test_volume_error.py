"""Relative volume error of a case."""

import math

import pytest

from isocenter.metrics.per_case.volume_error import METRIC

from ..pairs import mask_pair, values


def test_a_fifth_too_small_is_minus_a_fifth():
    assert values(METRIC(mask_pair([[1, 1, 1, 1, 1]], [[1, 1, 1, 1, 0]])))["volume_error"] == pytest.approx(-0.2)


def test_nothing_in_truth_is_nan():
    assert math.isnan(values(METRIC(mask_pair([[0, 0]], [[1, 0]])))["volume_error"])
