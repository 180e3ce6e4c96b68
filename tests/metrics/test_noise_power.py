"""White noise is flat at its variance times a sample's area; a filter lowers the right end; structure is left out."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isocenter.metrics.noise_power import SIDE, flat_squares, noise_power, squares_of


def white(count=400, sd=10.0):
    return np.random.default_rng(0).normal(0, sd, (count, SIDE, SIDE))


def test_white_noise_is_flat_at_variance_times_area():
    found = noise_power(white(), (0.5, 0.5))
    assert found.power[3:] == pytest.approx(100.0 * 0.25, rel=0.05)
    assert found.frequency[-1] == pytest.approx(1.0, rel=0.1)  # half a sample of 0.5 mm


def test_twice_the_noise_has_four_times_the_power_and_finer_samples_reach_higher():
    one, two = noise_power(white(), (1.0, 1.0)), noise_power(2 * white(), (0.5, 0.5))
    assert two.power == pytest.approx(one.power)  # four times the variance on a quarter of the area
    assert two.frequency == pytest.approx(2 * one.frequency)


def test_a_filter_takes_away_the_fine_and_leaves_the_coarse():
    smooth = np.stack([gaussian_filter(square, 1.0, mode="wrap") for square in white()])
    ratio = noise_power(smooth, (1.0, 1.0)).power / noise_power(white(), (1.0, 1.0)).power
    assert ratio[0] > 0.6
    assert ratio[-1] < 0.01


def test_a_slope_is_no_noise():
    slope = np.linspace(0, 1000, SIDE)[:, None] * np.linspace(1, 2, SIDE)[None, :]
    assert noise_power(np.stack([slope]), (1.0, 1.0)).power.max() < 1e-12


def test_squares_lie_where_the_bright_part_is_flat_and_do_not_overlap():
    picture = np.zeros((80, 80))
    picture[10:70, 10:70] = 1000.0
    picture[10:70, 38:42] += 500.0  # a vessel down the middle
    places = flat_squares(picture + np.random.default_rng(0).normal(0, 5, (80, 80)))
    assert len(places) == 4
    for i, j in places:
        assert i in range(10, 71 - SIDE)
        assert j in {*range(10, 39 - SIDE), *range(42, 71 - SIDE)}
    corners = np.array(places)
    apart = np.abs(corners[:, None] - corners[None]).max(axis=2)
    assert (apart[~np.eye(4, dtype=bool)] >= SIDE).all()
    assert squares_of(picture, places).shape == (4, SIDE, SIDE)


@pytest.mark.parametrize("picture", [np.zeros((40, 40)), np.full((8, 8), 3.0), np.full((40, 40), np.nan)])
def test_nothing_flat_and_bright_gives_no_squares(picture):
    assert flat_squares(picture) == []
