"""Walls become shares of slices, and likelihoods become walls again."""

import numpy as np
import pytest

from isocenter.learning.slice_runs import filled, longest_run, run_at_peak


@pytest.mark.parametrize(("low", "high"), [(2.0, 6.0), (1.5, 7.5), (3.3, 8.9), (-0.5, 4.2), (5.1, 11.5)])
def test_shares_of_slices_give_the_walls_back_to_a_tenth_of_a_slice(low, high):
    run = longest_run(filled(low, high, 12), above=0.5)
    assert (run.low, run.high) == pytest.approx((low, high), abs=0.1)


@pytest.mark.parametrize(("low", "high"), [(2.0, 6.0), (1.5, 7.5), (-0.5, 11.5)])
def test_walls_at_the_edge_or_the_middle_of_a_slice_come_back_exactly(low, high):
    run = longest_run(filled(low, high, 12), above=0.5)
    assert (run.low, run.high) == pytest.approx((low, high), abs=1e-6)


def test_a_share_is_what_lies_between_the_walls():
    np.testing.assert_allclose(filled(1.25, 3.0, 5), [0, 0.25, 1, 0.5, 0])
    assert filled(1.25, 3.0, 5).sum() == pytest.approx(1.75)


def test_the_longest_run_counts_and_not_the_likeliest():
    run = longest_run(np.array([0.9, 0.0, 0.6, 0.7, 0.6, 0.0]), above=0.5)
    assert (run.low, run.high) == pytest.approx((2 - 0.1 / 0.6, 4 + 0.1 / 0.6))
    assert run.sure == pytest.approx(1.9 / 3)


def test_nothing_likely_is_no_run():
    assert longest_run(np.full(5, 0.49), above=0.5) is None


def test_everything_likely_ends_with_the_image():
    run = longest_run(np.ones(5), above=0.5)
    assert (run.low, run.high) == (-0.5, 4.5)


def test_a_peak_has_its_middle_where_it_is_symmetric():
    likely = np.array([0.0, 0.0, 0.1, 0.3, 0.1, 0.0])
    run = run_at_peak(likely, above=0.5)
    assert (run.low + run.high) / 2 == pytest.approx(3)
    assert run.low == pytest.approx(2.25)  # 0.15 lies a quarter of the way from 0.1 to 0.3
    assert run_at_peak(np.zeros(4), above=0.5).sure == 0.0
