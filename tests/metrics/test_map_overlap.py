"""A map against a mask, counted by hand."""

import numpy as np
import pytest

from isocenter.metrics.map_overlap import map_overlap


def mask():
    inside = np.zeros((4, 4), bool)
    inside[:2, :2] = True
    return inside


def test_a_map_inside_the_mask_is_wholly_inside():
    found = map_overlap(mask().astype(float), mask())
    assert (found.share, found.area, found.hit, found.dice) == (1.0, 0.25, 1.0, 1.0)


def test_a_map_that_says_the_same_everywhere_has_the_mask_s_area_in_every_number():
    found = map_overlap(np.ones((4, 4)), mask())
    assert (found.share, found.area, found.hit, found.dice) == (0.25, 0.25, 0.25, 0.25)


def test_what_speaks_against_is_not_counted():
    values = np.where(mask(), 1.0, -5.0)
    assert map_overlap(values, mask()).share == 1.0
    assert map_overlap(-values, mask()).share == 0.0


def test_half_of_it_inside():
    values = np.zeros((4, 4))
    values[0, 0], values[3, 3] = 1.0, 3.0
    found = map_overlap(values, mask())
    assert found.share == 0.25
    assert found.hit == 0.0
    assert found.dice == pytest.approx((1 + 2 * 3 / 14) / 4)  # two places left of four, 3 of the 14 tied ones inside


def test_an_empty_mask_or_map_gives_nan():
    assert np.isnan(map_overlap(np.ones((4, 4)), np.zeros((4, 4), bool)).share)
    silent = map_overlap(np.zeros((4, 4)), mask())
    assert np.isnan([silent.share, silent.hit, silent.dice]).all()
    assert silent.area == 0.25
