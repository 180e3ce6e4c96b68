"""Bone of an answered CT, by hand."""

import math

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case.bone_dice import METRIC

TARGET = Target(name="ct", type="image", columns=("ct",))


def measured(truth, answer, unit="HU"):
    images = [held_image(np.array(x, float)[None], plain_grid((4, 1)), unit=unit) for x in (truth, answer)]
    return METRIC(Pair(case="a", target=TARGET, truth=images[0], answer=images[1]))


def test_two_of_three_bones_found_and_one_invented():
    (found,) = measured([[300], [900], [0], [-1000]], [[260], [100], [250], [-1000]])
    assert found.value == pytest.approx(2 * 1 / (2 + 2))
    assert found.unit == "1"


def test_no_bone_at_all_is_nan_and_none_found_is_zero():
    assert math.isnan(measured([[0]] * 4, [[0]] * 4)[0].value)
    assert measured([[300], [0], [0], [0]], [[0]] * 4)[0].value == 0.0


def test_numbers_that_are_no_hu_hold_no_bone():
    assert math.isnan(measured([[300]] * 4, [[300]] * 4, unit="1")[0].value)
