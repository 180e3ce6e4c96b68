"""The expected best of k equals the mean over all draws, and its interval holds the truth."""

from itertools import product

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.metrics.tuning_curve import compare_tuning, expected_best, tuning_curve


def test_it_is_the_mean_best_over_all_draws_with_replacement():
    scores = np.array([0.7, 0.9, 0.4, 0.8])
    for k in (1, 2, 3):
        every = [max(draw) for draw in product(scores, repeat=k)]
        assert expected_best(scores, k, np.ones((1, 4)))[0] == pytest.approx(np.mean(every))
        lowest = [min(draw) for draw in product(scores, repeat=k)]
        assert expected_best(scores, k, np.ones((1, 4)), lower_is_better=True)[0] == pytest.approx(np.mean(lowest))


def test_a_weight_of_two_is_the_configuration_twice(rng):
    scores, times = rng.random(8), np.array([2, 0, 1, 1, 3, 1, 0, 2])
    assert expected_best(scores, 3, times[None])[0] == pytest.approx(
        expected_best(np.repeat(scores, times), 3, np.ones((1, times.sum())))[0]
    )


def test_the_curve_rises_from_the_mean_towards_the_best(rng):
    scores = rng.random(12)
    curve = tuning_curve(scores, rng=rng, draws=200)
    best = [point.best for point in curve]
    assert best[0] == pytest.approx(scores.mean())
    assert best == sorted(best)
    assert best[-1] < scores.max()
    assert [point.tried for point in curve] == list(range(1, 13))
    assert "configurations" in curve[3].interval.kind


def test_of_uniform_scores_it_comes_near_k_over_k_plus_one_and_its_interval_holds_it():
    """The expected best of k uniform draws is k / (k + 1), a textbook's order statistic."""
    rng = np.random.default_rng(0)
    k, runs = 3, 100
    hits = 0
    for _ in range(runs):
        (point,) = tuning_curve(rng.random(20), rng=rng, tried=[k], draws=400)
        hits += point.interval.low <= k / (k + 1) <= point.interval.high
    assert hits / runs >= 0.92 - 2 * (0.92 * 0.08 / runs) ** 0.5
    assert expected_best(rng.random(5000), k, np.ones((1, 5000)))[0] == pytest.approx(0.75, abs=0.01)


def test_a_method_that_is_harder_to_tune_needs_more_tries(rng):
    easy, hard = rng.normal(0.80, 0.01, 40), rng.normal(0.75, 0.05, 40)
    early = compare_tuning(easy, hard, 1, rng=rng)
    assert early.best > 0
    assert early.interval.low > 0
    assert compare_tuning(easy, hard, 20, rng=rng).best < early.best


def test_a_configuration_that_failed_is_the_worst(rng):
    assert tuning_curve([0.5, np.nan, 0.9], rng=rng, tried=[1])[0].best == pytest.approx((0.5 + 0.5 + 0.9) / 3)
    assert tuning_curve([0.5, np.nan, 0.9], rng=rng, tried=[1], lower_is_better=True)[0].best == pytest.approx(
        (0.5 + 0.9 + 0.9) / 3
    )


def test_few_configurations_none_and_no_try(rng):
    assert np.isnan(tuning_curve([0.5, 0.6], rng=rng)[0].interval.low)
    assert np.isnan(tuning_curve([0.5] * 6, rng=rng)[0].interval.low)
    with pytest.raises(StudyError, match="at least one configuration"):
        tuning_curve([np.nan], rng=rng)
    with pytest.raises(StudyError, match="at least one configuration to be tried"):
        tuning_curve([0.4], rng=rng, tried=[0])
