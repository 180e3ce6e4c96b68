"""HD95 of a case, in mm, with misses apart."""

import math

import numpy as np
import pytest

from isocenter.metrics.per_case.hd95 import METRIC

from ..pairs import mask_pair, values


def bar(start, stop, label=1, shape=(40, 20)):
    mask = np.zeros(shape, int)
    mask[start:stop, 5:15] = label
    return mask


def test_a_bar_moved_by_four_samples_of_half_a_mm_is_2_mm_off():
    found = values(METRIC(mask_pair(bar(10, 20), bar(14, 24), spacing=(0.5, 0.5))))
    assert found["hd95"] == found["hd95_lung"] == pytest.approx(2.0)
    assert found["hd95_miss"] == 0.0


def test_without_a_pixel_size_the_unit_is_px():
    measured = METRIC(mask_pair(bar(10, 20), bar(14, 24)))
    assert {m.unit for m in measured if "miss" not in m.name} == {"px"}
    assert values(measured)["hd95"] == pytest.approx(4.0)


def test_a_missed_class_is_no_distance_but_a_miss():
    names = ("background", "lung", "heart")
    truth = bar(10, 20) + bar(25, 35, label=2)
    found = values(METRIC(mask_pair(truth, bar(10, 20), names=names)))
    assert math.isnan(found["hd95_heart"])
    assert found["hd95_miss_heart"] == 1.0
    assert found["hd95"] == 0.0  # of what was found
    assert found["hd95_miss"] == 0.5


def test_a_class_in_neither_mask_is_no_miss():
    found = values(METRIC(mask_pair(bar(0, 0), bar(0, 0))))
    assert all(math.isnan(value) for value in found.values())
