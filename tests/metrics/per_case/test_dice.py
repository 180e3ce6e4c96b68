"""Dice of a case."""

import pytest

from isocenter.metrics.per_case.dice import METRIC

from ..pairs import mask_pair, values


def test_two_of_three_found_and_one_too_many():
    assert values(METRIC(mask_pair([[1, 1, 1, 0]], [[1, 1, 0, 1]]))) == pytest.approx({"dice_lung": 2 / 3, "dice": 2 / 3})
