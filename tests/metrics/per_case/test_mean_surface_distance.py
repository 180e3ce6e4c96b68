"""Mean surface distance of a case."""

import math

import pytest

from isocenter.metrics.per_case.mean_surface_distance import METRIC

from ..pairs import mask_pair, values
from .test_hd95 import bar


def test_equal_masks_are_at_zero_and_a_miss_is_apart():
    assert values(METRIC(mask_pair(bar(10, 20), bar(10, 20))))["mean_surface_distance"] == 0.0
    missed = values(METRIC(mask_pair(bar(10, 20), bar(0, 0))))
    assert math.isnan(missed["mean_surface_distance"])
    assert missed["mean_surface_distance_miss_lung"] == 1.0


def test_it_grows_with_the_spacing():
    pairs = [mask_pair(bar(10, 20), bar(13, 24), spacing=(s, s)) for s in (1.0, 2.5)]
    small, large = (values(METRIC(pair))["mean_surface_distance"] for pair in pairs)
    assert large == pytest.approx(2.5 * small)
