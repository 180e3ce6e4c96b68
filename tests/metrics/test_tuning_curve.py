"""The expected best of k equals the mean over all sets of k, and its interval holds the truth."""

from itertools import combinations

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.metrics.tuning_curve import compare_tuning, expected_best, tuning_curve


def test_it_is_the_mean_best_over_all_sets_of_k():
    scores = np.array([0.7, 0.9, 0.4, 0.8, 0.8])
    for k in (1, 2, 3, 5):
        sets = list(combinations(scores, k))
        assert expected_best(scores, k) == pytest.approx(np.mean([max(s) for s in sets]))
        assert expected_best(scores, k, lower_is_better=True) == pytest.approx(np.mean([min(s) for s in sets]))


def test_it_is_unbiased_for_uniform_scores_up_to_all_of_them(rng):
    """The expected best of k uniform draws is k / (k + 1), a textbook's order statistic."""
    drawn = rng.random((3000, 8))
    for k in (1, 4, 8):
        assert np.mean([expected_best(row, k) for row in drawn]) == pytest.approx(k / (k + 1), abs=0.012)


def test_the_curve_rises_from_the_mean_to_the_best(rng):
    scores = rng.random(12)
    curve = tuning_curve(scores, rng=rng, draws=200)
    best = [point.best for point in curve]
    assert best[0] == pytest.approx(scores.mean())
    assert best == sorted(best)
    assert best[-1] == pytest.approx(scores.max())
    assert [point.tried for point in curve] == list(range(1, 13))
    assert all(point.interval.low <= point.best <= point.interval.high for point in curve)
    assert "configurations" in curve[3].interval.kind


@pytest.mark.parametrize("k", [1, 6, 12])
@pytest.mark.parametrize(
    ("draw", "truth"),
    [
        (lambda rng: rng.random(12), lambda rng, k: k / (k + 1)),
        (lambda rng: rng.normal(0.8, 0.05, 12), lambda rng, k: rng.normal(0.8, 0.05, (100_000, k)).max(axis=1).mean()),
    ],
    ids=["uniform", "normal"],
)
def test_its_interval_holds_the_truth_for_every_k(k, draw, truth):
    rng = np.random.default_rng(0)
    expected, runs, hits = truth(rng, k), 300, 0
    for _ in range(runs):
        (point,) = tuning_curve(draw(rng), rng=rng, tried=[k], draws=300)
        hits += point.interval.low <= expected <= point.interval.high
    assert hits / runs >= 0.92 - 2 * (0.92 * 0.08 / runs) ** 0.5


def test_the_interval_ends_at_what_no_score_can_surpass():
    scores = np.linspace(0.9, 0.999, 12)
    free, bound = (
        tuning_curve(scores, rng=np.random.default_rng(0), tried=[12], best_possible=best)[0].interval for best in (np.inf, 1.0)
    )
    assert free.high > 1.0
    assert bound.high <= 1.0
    errors = tuning_curve(1 - scores, rng=np.random.default_rng(0), tried=[12], best_possible=0.0, lower_is_better=True)[0].interval
    assert errors.low == pytest.approx(1 - bound.high)
    assert errors.high == pytest.approx(1 - bound.low)


def test_a_method_that_is_harder_to_tune_needs_more_tries(rng):
    easy, hard = rng.normal(0.80, 0.01, 40), rng.normal(0.75, 0.05, 40)
    early = compare_tuning(easy, hard, 1, rng=rng)
    assert early.best > 0
    assert early.interval.low > 0
    late = compare_tuning(easy, hard, 20, rng=rng)
    assert late.best < early.best
    assert late.interval.low <= late.best <= late.interval.high


def test_a_configuration_that_failed_is_the_worst(rng):
    assert tuning_curve([0.5, np.nan, 0.9], rng=rng, tried=[1])[0].best == pytest.approx((0.5 + 0.5 + 0.9) / 3)
    assert tuning_curve([0.5, np.nan, 0.9], rng=rng, tried=[1], lower_is_better=True)[0].best == pytest.approx(
        (0.5 + 0.9 + 0.9) / 3
    )


def test_few_configurations_none_and_no_try(rng):
    assert np.isnan(tuning_curve([0.5, 0.6], rng=rng)[0].interval.low)
    assert np.isnan(tuning_curve([0.5], rng=rng)[0].interval.low)
    assert np.isnan(tuning_curve([0.5] * 6, rng=rng)[0].interval.low)
    with pytest.raises(StudyError, match="at least one configuration"):
        tuning_curve([np.nan], rng=rng)
    for tried in (0, 2):
        with pytest.raises(StudyError, match="at least one configuration to be tried"):
            tuning_curve([0.4], rng=rng, tried=[tried])
