"""Pairs of masks: classes by name, the region, overlapping classes, and what is refused."""

import math

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.errors import GeometryError, StudyError, UnknownName
from isocenter.core.grid import plain_grid
from isocenter.core.mask import held_mask
from isocenter.core.task import Pair
from isocenter.metrics.mask_pair import read_mask_pair, with_mean
from isocenter.metrics.per_case.dice import METRIC as DICE

from .pairs import mask_pair, values

THREE = ("background", "left lung", "heart")


def test_each_class_is_measured_and_the_mean_is_over_classes():
    truth = np.array([[1, 1, 2, 2, 0, 0]])
    answer = np.array([[1, 1, 2, 0, 0, 0]])
    assert values(DICE(mask_pair(truth, answer, names=THREE))) == pytest.approx(
        {"dice_left_lung": 1.0, "dice_heart": 2 / 3, "dice": (1 + 2 / 3) / 2}
    )


def test_a_class_in_neither_mask_is_left_out_of_the_mean():
    result = values(DICE(mask_pair([[1, 1, 0]], [[1, 0, 0]], names=THREE)))
    assert math.isnan(result["dice_heart"])
    assert result["dice"] == result["dice_left_lung"] == pytest.approx(2 / 3)


def test_nothing_anywhere_is_nan():
    assert math.isnan(values(DICE(mask_pair([[0, 0]], [[0, 0]])))["dice"])


def test_only_the_region_counts():
    pair = mask_pair([[1, 1, 1, 0]], [[1, 1, 0, 1]], region=[[1, 1, 0, 0]])
    assert values(DICE(pair))["dice"] == 1.0


def test_classes_are_matched_by_name_not_by_number():
    grid = plain_grid((1, 3))
    pair = mask_pair([[1, 2, 0]], [[1, 2, 0]], names=("bg", "a", "b"))
    swapped = held_mask(np.array([[3, 1, 2]]), grid, ("bg", "b", "other", "a"))
    other = Pair(case="a", target=pair.target, truth=pair.truth, answer=swapped)
    assert values(DICE(other))["dice"] == 1.0


def test_overlapping_classes_are_channels():
    truth = np.array([[[1, 1, 0, 0]], [[1, 0, 0, 0]]], bool)
    answer = np.array([[[1, 1, 0, 0]], [[1, 1, 0, 0]]], bool)
    result = values(DICE(mask_pair(truth, answer, names=("background", "whole", "core"), overlapping=True)))
    assert result == pytest.approx({"dice_whole": 1.0, "dice_core": 2 / 3, "dice": 5 / 6})


def test_lengths_are_in_mm_where_the_grid_has_them_and_px_elsewhere():
    assert read_mask_pair(mask_pair([[1]], [[1]])).unit == "px"
    physical = read_mask_pair(mask_pair([[1]], [[1]], spacing=(0.5, 2.0)))
    assert (physical.unit, physical.spacing) == ("mm", (0.5, 2.0))


def test_masks_on_two_grids_are_refused():
    pair, moved = mask_pair([[1, 0]], [[1, 0]], spacing=(1, 1)), mask_pair([[1, 0]], [[1, 0]], spacing=(1, 2))
    with pytest.raises(GeometryError, match="case a"):
        DICE(Pair(case="a", target=pair.target, truth=pair.truth, answer=moved.answer))


def test_an_answer_without_a_class_of_the_truth_is_refused():
    pair, other = mask_pair([[1]], [[1]]), mask_pair([[1]], [[1]], names=("background", "lunge"))
    with pytest.raises(UnknownName, match="Did you mean lunge"):
        DICE(Pair(case="a", target=pair.target, truth=pair.truth, answer=other.answer))


def test_a_truth_of_another_kind_is_not_measured_and_a_number_is_no_answer():
    pair = mask_pair([[1]], [[1]])
    amount = Amount(value=1, unit="1")
    assert DICE(Pair(case="a", target=pair.target, truth=amount, answer=amount)) == []
    with pytest.raises(StudyError, match="Amount"):
        DICE(Pair(case="a", target=pair.target, truth=pair.truth, answer=amount))


def test_the_mean_of_nothing_measured_is_nan():
    assert math.isnan(with_mean(mask_pair([[1]], [[1]]), {"lung": math.nan}, name="x", unit="1", method="m")[-1].value)
