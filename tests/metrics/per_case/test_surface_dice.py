"""Surface Dice of a case."""

import math

import pytest

from isocenter.metrics.per_case.surface_dice import METRIC, surface_dice_at

from ..pairs import mask_pair, values
from .test_hd95 import bar


def test_a_shift_within_the_tolerance_costs_nothing_and_one_beyond_it_does():
    pair = mask_pair(bar(10, 20), bar(13, 23), spacing=(1.0, 1.0))
    assert values(surface_dice_at(3.0)(pair))["surface_dice"] == 1.0
    assert values(surface_dice_at(2.9)(pair))["surface_dice"] < 1.0


def test_the_tolerance_stands_in_the_method_with_its_unit():
    assert "at 1 mm" in METRIC(mask_pair(bar(1, 5), bar(1, 5), spacing=(1.0, 1.0)))[0].method
    assert "at 2 px" in METRIC(mask_pair(bar(1, 5), bar(1, 5)))[0].method
    assert {m.unit for m in METRIC(mask_pair(bar(1, 5), bar(1, 5)))} == {"1"}


def test_one_empty_mask_is_zero_and_two_are_nan():
    assert values(METRIC(mask_pair(bar(10, 20), bar(0, 0))))["surface_dice"] == 0.0
    assert math.isnan(values(METRIC(mask_pair(bar(0, 0), bar(0, 0))))["surface_dice"])
    assert values(METRIC(mask_pair(bar(10, 20), bar(10, 20))))["surface_dice"] == pytest.approx(1.0)
