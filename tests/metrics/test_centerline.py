"""clDice: the course counts, the width does not."""

import math

import numpy as np
import pytest

from isocenter.metrics.centerline import centerline, centerline_dice


def tube(width, *, length=60, shape=(80, 41)):
    mask = np.zeros(shape, bool)
    mask[10 : 10 + length, 20 - width // 2 : 21 + width // 2] = True
    return mask


def test_a_tube_twice_as_wide_has_clDice_one_and_a_lower_dice():  # noqa: N802
    thin, wide = tube(5), tube(11)
    assert centerline_dice(thin, wide) == pytest.approx(1.0)
    assert 2 * (thin & wide).sum() / (thin.sum() + wide.sum()) < 0.7


def test_half_the_tube_found_is_half_the_sensitivity():
    whole, half = tube(5), tube(5, length=30)
    assert centerline_dice(whole, half) == pytest.approx(2 * 0.5 / 1.5, abs=0.05)
    assert centerline_dice(whole, half) == centerline_dice(half, whole)


def test_a_gap_costs_its_length():
    broken = tube(5)
    broken[35:41] = False
    assert 0.9 < centerline_dice(tube(5), broken) < 0.97


def test_a_tube_beside_the_true_one_scores_zero():
    assert centerline_dice(tube(5), np.roll(tube(5), 12, axis=1)) == 0.0


def test_one_empty_mask_is_zero_and_two_are_nan():
    assert centerline_dice(tube(5), np.zeros((80, 41), bool)) == 0.0
    assert math.isnan(centerline_dice(np.zeros((3, 3), bool), np.zeros((3, 3), bool)))


def test_a_tube_in_3d_along_every_axis():
    for axis in range(3):
        thin, wide = np.zeros((30, 30, 30), bool), np.zeros((30, 30, 30), bool)
        thin[3:27, 14:17, 14:17] = True
        wide[3:27, 12:19, 12:19] = True
        assert centerline_dice(np.moveaxis(thin, 0, axis), np.moveaxis(wide, 0, axis)) > 0.95


def test_a_centerline_is_never_empty_for_a_mask_that_is_not(rng):
    for _ in range(30):
        mask = rng.random((4, 4)) < 0.3
        mask[1, 1] = True
        line = centerline(mask)
        assert line.any()
        assert (line <= mask).all()
