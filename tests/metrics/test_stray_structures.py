"""Discs put into an answer, or left out of it, are counted; edges, noise and shifts of the whole are not."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case import erased_structures, invented_structures
from isocenter.metrics.stray_structures import local_noise, stray_structures

SHAPE = (96, 96)
EVERYWHERE = np.ones(SHAPE, bool)


def noise(seed, sd=5.0):
    return np.random.default_rng(seed).normal(0, sd, SHAPE)


def disc(x, y, radius, height):
    at = np.indices(SHAPE)
    return height * (np.hypot(at[0] - x, at[1] - y) <= radius)


def wall():
    """Half at 0, half at 1000, the edge as blunt as a scanner makes it."""
    return gaussian_filter(np.where(np.arange(96)[:, None] < 48, 0.0, 1000.0) * np.ones(SHAPE), 1.0)


def counts(truth, answer):
    found = stray_structures(truth, answer, EVERYWHERE)
    return sum(s.invented for s in found), sum(not s.invented for s in found)


@pytest.mark.parametrize("height", [60.0, -60.0])
def test_what_is_put_in_is_invented_and_what_is_left_out_erased(height):
    empty, full = noise(0), noise(0) + disc(30, 30, 3, height) + disc(60, 70, 4, height)
    assert counts(empty, full) == (2, 0)
    assert counts(full, empty) == (0, 2)


def test_an_answer_with_noise_of_its_own_of_the_same_size_has_neither():
    assert counts(noise(0), noise(1)) == (0, 0)
    assert counts(noise(0), noise(0)) == (0, 0)


def test_what_is_smaller_than_a_structure_is_not_counted():
    assert counts(noise(0), noise(0) + disc(30, 30, 1, 200.0)) == (0, 0)


def test_a_blunter_edge_is_no_structure():
    truth = wall() + noise(0)
    assert counts(truth, gaussian_filter(truth, 0.7)) == (0, 0)


def test_noise_is_read_off_the_truth_and_slopes_are_not():
    slope = np.linspace(0, 500, 96)[:, None] * np.ones(SHAPE)
    assert np.median(local_noise(slope + noise(0, sd=20.0), EVERYWHERE)) == pytest.approx(20.0, rel=0.1)


def test_a_phantom_without_noise_has_the_floor():
    truth = disc(48, 48, 20, 1000.0)
    assert counts(truth, truth + disc(10, 10, 3, 10.0)) == (0, 0)  # a hundredth of its range
    assert counts(truth, truth + disc(10, 10, 3, 100.0)) == (1, 0)


def test_nothing_that_counts_has_no_structures():
    assert stray_structures(noise(0), noise(1), ~EVERYWHERE) == []


def test_metrics_count_over_channels_and_in_thin_slices():
    truth = np.stack([noise(0), noise(1)])[..., None]
    answer = truth + disc(30, 30, 3, 60.0)[None, ..., None]
    grid = plain_grid((*SHAPE, 1))
    pair = Pair(
        case="a",
        target=Target(name="ct", type="image", columns=("ct",)),
        truth=held_image(truth, grid),
        answer=held_image(answer, grid),
    )
    assert invented_structures.METRIC(pair)[0].value == 2.0
    assert erased_structures.METRIC(pair)[0].value == 0.0
