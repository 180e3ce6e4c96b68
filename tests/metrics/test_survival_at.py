"""AUC and Brier score on one day: without censoring scikit-learn's, with it the definition and the uncensored cohort's."""

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from scipy.special import expit
from sklearn.metrics import brier_score_loss, roc_auc_score

from isocenter.core.survival import Survival
from isocenter.metrics.concordance import uncensored_before
from isocenter.metrics.survival_at import alive_at, auc_at, brier_at, integrated_brier, uncensored_after

DAY = 100.0


def cohort(rng, n, censoring=0.5):
    """Risk drives the death and, beyond it, the censoring nothing: days, event, P(alive on the day), days of death."""
    risk = rng.normal(size=n)
    death = rng.exponential(150 * np.exp(-risk))
    lost = rng.exponential(150 / censoring, n) if censoring else np.full(n, np.inf)
    alive = expit(0.8 - risk + rng.normal(0, 0.3, n))
    return np.minimum(death, lost), death <= lost, alive, death


def once(n):
    return np.ones((1, n))


def test_without_censoring_they_are_scikit_learns(rng):
    days, event, alive, _ = cohort(rng, 200, censoring=0)
    dead = days <= DAY
    assert auc_at(days, event, alive, once(200), day=DAY)[0] == pytest.approx(roc_auc_score(dead, -alive))
    assert brier_at(days, event, alive, once(200), day=DAY)[0] == pytest.approx(brier_score_loss(dead, 1 - alive))


def test_with_censoring_they_are_their_definitions(rng):
    days, event, alive, _ = cohort(rng, 60)
    before = uncensored_before(days, event, once(60))[0]
    wins = pairs = 0.0
    for i in range(60):
        for j in range(60):
            if event[i] and days[i] <= DAY < days[j]:
                pairs += 1 / before[i]
                wins += (alive[i] < alive[j]) / before[i]
    assert auc_at(days, event, alive, once(60), day=DAY)[0] == pytest.approx(wins / pairs)
    fit = KaplanMeierFitter().fit(days, ~event)
    then = float(fit.survival_function_at_times(DAY).iloc[0])
    assert uncensored_after(days, event, once(60), DAY)[0] == pytest.approx(then)
    parts = np.where(event & (days <= DAY), alive**2 / before, 0) + np.where(days > DAY, (1 - alive) ** 2 / then, 0)
    assert brier_at(days, event, alive, once(60), day=DAY)[0] == pytest.approx(parts.mean())


def test_censoring_does_not_move_them():
    rng = np.random.default_rng(0)
    days, event, alive, death = cohort(rng, 20_000)
    full = np.ones(death.size, bool)
    for function in (auc_at, brier_at):
        seen = function(days, event, alive, once(death.size), day=DAY)[0]
        assert seen == pytest.approx(function(death, full, alive, once(death.size), day=DAY)[0], abs=0.008)
    # Taking the lost for dead or leaving them out would move the Brier score.
    kept = event | (days > DAY)
    naive = brier_score_loss((days <= DAY)[kept], 1 - alive[kept])
    assert abs(naive - brier_at(death, full, alive, once(death.size), day=DAY)[0]) > 0.012


def test_weights_stand_for_repeated_patients(rng):
    days, event, alive, _ = cohort(rng, 50)
    times = rng.integers(0, 3, 50)
    for function in (auc_at, brier_at):
        weighted = function(days, event, alive, times[None].astype(float), day=DAY)[0]
        repeated = [np.repeat(x, times) for x in (days, event, alive)]
        assert weighted == pytest.approx(function(*repeated, once(times.sum()), day=DAY)[0])


def test_the_average_over_time_of_a_curve_that_is_right_half_of_the_time():
    """All die on day 60 of 100; who says 1 for ever is right before, wrong after: 40 of 100 days, within a step of the grid."""
    days, event = np.full(10, 60.0), np.ones(10, bool)
    forever = [Survival(days=np.array([0.0]), alive=np.array([1.0]))] * 10
    days[9] = 101.0  # one is followed beyond
    value = integrated_brier(days, event, forever, once(10), until=100.0)[0]
    assert value == pytest.approx(0.9 * 0.4, abs=0.01)


def test_a_step_function_is_read_on_its_day():
    curve = Survival(days=np.array([30.0, 10.0]), alive=np.array([0.2, 0.7]))  # unsorted
    assert [alive_at([curve], d)[0] for d in (5.0, 10.0, 29.0, 30.0, 99.0)] == [1.0, 0.7, 0.7, 0.2, 0.2]
    assert np.isnan(alive_at([Survival(days=np.empty(0), alive=np.empty(0))], 1.0)[0])


def test_beyond_all_follow_up_they_are_nan(rng):
    days, event, alive, _ = cohort(rng, 20)
    assert np.isnan(auc_at(days, event, alive, once(20), day=1e6)[0])
    assert np.isnan(brier_at(days, event, alive, once(20), day=1e6)[0])
    assert np.isnan(integrated_brier(np.empty(0), np.empty(0, bool), [], once(0), until=5.0)[0])
