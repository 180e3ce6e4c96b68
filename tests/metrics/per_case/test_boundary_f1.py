"""Boundary F1 of a case."""

import pytest

from isocenter.metrics.per_case.boundary_f1 import METRIC

from ..pairs import mask_pair, values
from .test_hd95 import bar


def test_two_px_are_tolerated_in_a_photograph_and_one_mm_elsewhere():
    shifted = bar(10, 20), bar(12, 22)
    assert values(METRIC(mask_pair(*shifted)))["boundary_f1"] == 1.0
    assert values(METRIC(mask_pair(*shifted, spacing=(0.5, 0.5))))["boundary_f1"] == 1.0
    assert values(METRIC(mask_pair(*shifted, spacing=(1.0, 1.0))))["boundary_f1"] < 1.0


def test_a_missed_mask_is_zero():
    assert values(METRIC(mask_pair(bar(10, 20), bar(0, 0))))["boundary_f1"] == pytest.approx(0.0)
