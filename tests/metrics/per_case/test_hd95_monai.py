"""MONAI's HD95 of a case, and that it differs from ours."""

import math

import numpy as np
import pytest

from isocenter.metrics.per_case.hd95 import METRIC as WEIGHTED
from isocenter.metrics.per_case.hd95_monai import METRIC

from ..pairs import mask_pair, values
from .test_hd95 import bar


def test_a_bar_moved_by_four_samples_of_half_a_mm_is_2_mm_off():
    assert values(METRIC(mask_pair(bar(10, 20), bar(14, 24), spacing=(0.5, 0.5))))["hd95_monai"] == pytest.approx(2.0)


def test_the_two_definitions_differ_where_samples_are_not_square():
    rng = np.random.default_rng(3)
    truth, answer = np.cumsum(rng.normal(size=(2, 30, 30)), axis=1) > 0
    pair = mask_pair(truth.astype(int), answer.astype(int), spacing=(0.2, 4.0))
    assert values(METRIC(pair))["hd95_monai"] != pytest.approx(values(WEIGHTED(pair))["hd95"], abs=1e-3)


def test_a_missed_class_is_a_miss():
    found = values(METRIC(mask_pair(bar(10, 20), bar(0, 0))))
    assert math.isnan(found["hd95_monai"])
    assert found["hd95_monai_miss"] == 1.0
