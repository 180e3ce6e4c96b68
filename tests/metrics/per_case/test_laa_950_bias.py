"""LAA-950 bias by counting."""

import math

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case.laa_950_bias import METRIC


def pair(unit):
    grid = plain_grid((10, 10))
    truth, answer = np.full((1, 10, 10), -900.0), np.full((1, 10, 10), -900.0)
    truth[0, :2], answer[0, :5] = -960, -960
    target = Target(name="ct", type="image", columns=("ct",), unit=unit)
    sides = (held_image(side, grid, unit=unit) for side in (truth, answer))
    return Pair(case="a", target=target, truth=next(sides), answer=next(sides))


def test_it_is_the_gap_of_shares_in_points():
    found = METRIC(pair("HU"))[0]
    assert (found.value, found.unit) == (pytest.approx(30.0), "%")


def test_other_units_have_none():
    assert math.isnan(METRIC(pair("1"))[0].value)
