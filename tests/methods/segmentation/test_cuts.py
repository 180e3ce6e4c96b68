"""Bands of intensity chosen on histograms."""

import numpy as np
import pytest

from isocenter.methods.segmentation._cuts import BINS, Histograms, best_band


def counts(**at: int) -> np.ndarray:
    array = np.zeros(10)
    for place, n in at.items():
        array[int(place[1:])] = n
    return array


def test_a_cut_between_two_heaps_lies_halfway_and_is_open_above():
    low, high, dice = best_band(counts(b8=5), counts(b2=5, b8=5))
    assert (low, high, dice) == (6, 10, 1.0)


def test_a_dark_class_gets_a_band_open_below():
    low, high, dice = best_band(counts(b2=5), counts(b2=5, b8=5))
    assert (low, high, dice) == (0, 6, 1.0)


def test_a_class_between_two_others_gets_a_closed_band():
    low, high, dice = best_band(counts(b5=4), counts(b1=9, b5=4, b9=9))
    assert 1 < low <= 5 < high <= 9
    assert dice == 1.0


def test_a_class_that_is_everywhere_gets_a_band_open_at_both_ends():
    assert best_band(counts(b3=4, b5=4), counts(b3=4, b5=4)) == (0, 10, 1.0)


def test_with_overlap_the_band_is_the_best_of_all_bands(rng):
    every = rng.integers(1, 50, 10).astype(float)
    inside = np.floor(every * rng.random(10))
    bands = [2 * inside[a:b].sum() / (every[a:b].sum() + inside.sum()) for a in range(10) for b in range(a + 1, 11)]
    assert best_band(inside, every)[2] == pytest.approx(max(bands))


def test_a_class_that_never_occurs_is_never_claimed():
    histograms = Histograms(1)
    histograms.add("a", np.linspace(0, 1, 50), np.zeros((1, 50), bool))
    where, _ = histograms.cuts().apply(0, "a", np.linspace(-1, 2, 50))
    assert not where.any()


def test_values_beyond_the_histogram_count_as_its_ends():
    histograms = Histograms(1)
    values = np.array([-9.0, 0.2, 9.0])
    histograms.add("a", values, np.array([[False, False, True]]))
    where, share = histograms.cuts().apply(0, "a", np.array([-99.0, 99.0]))
    assert where.tolist() == [False, True]
    assert share[0] < share[1]
    assert BINS == 512
