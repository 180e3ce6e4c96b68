"""AUC and Brier score on one day: without censoring scikit-learn's, with it the definition and the uncensored cohort's."""

import itertools

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from scipy.special import expit
from sklearn.metrics import brier_score_loss, roc_auc_score

from isocenter.core.survival import Survival
from isocenter.metrics.concordance import uncensored_before
from isocenter.metrics.survival_at import alive_at, auc_at, brier_at, integrated_brier, uncensored_after

DAY = 100.0
FIVE_YEARS = 1826.25


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
    for function, end in itertools.product((auc_at, brier_at), (event.astype(int), rng.integers(0, 3, 50))):
        weighted = function(days, end, alive, times[None].astype(float), day=DAY)[0]
        repeated = [np.repeat(x, times) for x in (days, end, alive)]
        assert weighted == pytest.approx(function(*repeated, once(times.sum()), day=DAY)[0])


def competing(rng, n, *, event=0.1, death=0.3, lost=0.1):
    """Constant hazards a year (one number, or one a case): days and what ended them."""
    first = np.stack([rng.exponential(1.0, n) / np.broadcast_to(rate, n) for rate in (lost, event, death)]) * 365.25
    return first.min(axis=0), first.argmin(axis=0)


def test_the_right_incidence_wins_where_death_competes():
    """Event 0.1 and death 0.3 a year: 0.216 have it within five years, 0.393 would in a world without that death."""
    days, end = competing(np.random.default_rng(0), 20_000)
    right, net = 0.25 * (1 - np.exp(-2.0)), 1 - np.exp(-0.5)
    said = {p: np.full(days.size, 1 - p) for p in (right, net)}
    found = {p: brier_at(days, end, alive, once(days.size), day=FIVE_YEARS)[0] for p, alive in said.items()}
    assert found[right] == pytest.approx(right * (1 - right), abs=0.005)
    assert found[net] == pytest.approx(right * (1 - right) + (net - right) ** 2, abs=0.005)
    years = np.linspace(0, 5, 61)
    curves = [Survival(days=years * 365.25, alive=a) for a in (1 - 0.25 * (1 - np.exp(-0.4 * years)), np.exp(-0.1 * years))]
    some = slice(0, 1000)
    over_time = [integrated_brier(days[some], end[some], [c] * 1000, once(1000), until=FIVE_YEARS, points=10)[0] for c in curves]
    assert over_time[0] < over_time[1]


def test_who_is_likely_to_die_first_is_rightly_given_the_smaller_chance_of_the_event():
    """The hazard of the event is the same for all; only who lives longer has it more often."""
    rng = np.random.default_rng(1)
    frail = rng.random(20_000) < 0.5
    days, end = competing(rng, frail.size, death=np.where(frail, 1.0, 0.05))
    alive = np.where(frail, 0.9, 0.7)
    found = auc_at(days, end, alive, once(frail.size), day=FIVE_YEARS)[0]
    # Freed from the censoring: drawn again without it.
    all_days, all_end = competing(np.random.default_rng(2), frail.size, death=np.where(frail, 1.0, 0.05), lost=1e-9)
    assert found == pytest.approx(roc_auc_score((all_end == 1) & (all_days <= FIVE_YEARS), -alive), abs=0.015)
    assert found > 0.6
    taken_for_lost = auc_at(days, np.where(end == 1, 1, 0), alive, once(frail.size), day=FIVE_YEARS)[0]
    assert taken_for_lost < 0.5


def test_six_patients_by_hand():
    """Day 10 a death, 20 lost, 30 the event, 40 lost, 50 a death (beyond), 60 lost. G falls on the days 20 and 40."""
    days, end = np.array([10.0, 20.0, 30.0, 40.0, 50.0, 60.0]), np.array([2, 0, 1, 0, 2, 0])
    alive = np.array([0.9, 0.5, 0.4, 0.5, 0.7, 0.3])
    g20 = 4 / 5  # of the five at risk on day 20, one is lost; the death on day 10 is no censoring
    g40 = g20 * 2 / 3
    brier = (0.1**2 / 1 + 0.4**2 / g20 + 0.3**2 / g40 + 0.7**2 / g40) / 6
    assert brier_at(days, end, alive, once(6), day=45.0)[0] == pytest.approx(brier)
    # The one case has 0.4: below 0.9 (weight 1) and 0.7 (weight 1 / G), above 0.3 (weight 1 / G).
    assert auc_at(days, end, alive, once(6), day=45.0)[0] == pytest.approx((1 + 1 / g40) / (1 + 2 / g40))


def test_where_nobody_dies_of_anything_else_the_numbers_are_those_of_two_codes(rng):
    """Written out as before deaths were told from censorings: the controls of the AUC unweighted, the Brier score in two parts."""
    days, event, alive, _ = cohort(rng, 80)
    before = uncensored_before(days, event.astype(int), once(80))[0]
    then = uncensored_after(days, event.astype(int), once(80), DAY)[0]
    case, free = event & (days <= DAY), days > DAY
    brier = ((case * alive**2 / before) + free * (1 - alive) ** 2 / then).sum() / 80
    pairs = (case / before)[:, None] * free[None, :]
    wins = pairs * (alive[:, None] < alive[None, :])
    assert brier_at(days, event.astype(int), alive, once(80), day=DAY)[0] == pytest.approx(brier)
    assert auc_at(days, event.astype(int), alive, once(80), day=DAY)[0] == pytest.approx(wins.sum() / pairs.sum())


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
