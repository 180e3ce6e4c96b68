"""Lesions of known size, some found, some missed, some invented."""

import numpy as np
import pytest

from isocenter.imaging.parts import parts_of
from isocenter.metrics.lesions import match_lesions


def cubes(*corners, side=2, shape=(20, 20, 20)):
    """A volume with numbered cubes."""
    numbers = np.zeros(shape, int)
    for number, (x, y, z) in enumerate(corners, start=1):
        numbers[x : x + side, y : y + side, z : z + side] = number
    return numbers


def counts(truth, answer, **spans):
    whole = match_lesions(truth, answer, spacing=(1, 1, 1)).within(**spans)
    return whole.paired, whole.missed, whole.extra


def test_lesions_are_found_missed_or_invented():
    truth, answer = cubes((0, 0, 0), (8, 8, 8)), cubes((0, 0, 1), (15, 15, 15))
    assert counts(truth, answer) == (1, 1, 1)


@pytest.mark.parametrize(("rows", "found"), [(100, 1), (101, 0)])
def test_a_hit_needs_a_tenth_of_the_union(rows, found):
    truth, answer = np.zeros((200, 2, 2), int), np.zeros((200, 2, 2), int)
    truth[:10], answer[:rows] = 1, 1
    assert counts(truth, answer) == (found, 1 - found, 1 - found)


def test_further_hits_are_neither_true_nor_false():
    truth = cubes((0, 0, 0), side=10)
    answer = np.zeros_like(truth)
    answer[:4, :10, :10], answer[6:10, :10, :10] = 1, 2  # both IoU 0.4
    assert counts(truth, answer) == (1, 0, 0)


def test_a_piece_too_small_to_hit_is_not_false_where_it_lies_in_a_lesion():
    truth = cubes((0, 0, 0), side=10)
    answer = np.zeros_like(truth)
    answer[0, 0, :2] = 1
    assert counts(truth, answer) == (0, 1, 0)
    answer[0, 0, 8:13] = 2  # 2 of 5 inside
    assert counts(truth, answer) == (0, 1, 1)


def test_one_answer_that_covers_two_lesions_finds_both():
    truth = cubes((0, 0, 0), (0, 0, 3), side=2)
    answer = np.zeros_like(truth)
    answer[:2, :2, :5] = 1
    assert counts(truth, answer) == (2, 0, 0)


def test_an_answer_of_everything_finds_nothing():
    truth = cubes((0, 0, 0), (10, 10, 10))
    assert counts(truth, np.ones_like(truth)) == (0, 2, 1)


def test_spans_go_by_diameter_in_units_of_the_spacing():
    truth, answer = cubes((0, 0, 0), side=2), cubes((10, 10, 10), side=6)
    judged = match_lesions(truth, answer, spacing=(1, 1, 2))
    assert judged.true_diameter == pytest.approx([(6 * 16 / np.pi) ** (1 / 3)])
    small, large = judged.within(0, 5), judged.within(5)
    assert (small.missed, small.extra, large.missed, large.extra) == (1, 0, 0, 1)
    disk = match_lesions(truth[:, :, 0], truth[:, :, 0], spacing=(1, 1))
    assert disk.diameter == pytest.approx([2 * np.sqrt(4 / np.pi)])


def test_nothing_to_find_and_nothing_found():
    nothing = np.zeros((4, 4, 4), int)
    assert counts(nothing, nothing) == (0, 0, 0)
    assert counts(nothing, cubes((0, 0, 0), shape=(4, 4, 4))) == (0, 0, 1)


def test_samples_that_touch_by_a_corner_are_one_lesion():
    mask = np.zeros((4, 4, 4), bool)
    mask[0, 0, 0] = mask[1, 1, 1] = mask[3, 3, 3] = True
    assert parts_of(mask).max() == 2


def test_numbers_need_not_be_consecutive():
    truth = cubes((0, 0, 0), (8, 8, 8)) * 7
    assert counts(truth, truth) == (2, 0, 0)
