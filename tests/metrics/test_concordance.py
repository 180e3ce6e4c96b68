"""Concordance equals lifelines' and a count by hand; Uno's equals the definition and is freed from the censoring."""

import itertools

import numpy as np
import pytest
from lifelines import KaplanMeierFitter
from lifelines.utils import concordance_index

from isocenter.metrics.concordance import harrell, uncensored_before, uno


def cohort(rng, n, censoring=1.0):
    risk = rng.normal(size=n)
    death = rng.exponential(np.exp(-risk)) * 100
    lost = rng.exponential(100.0 / censoring, n) if censoring else np.full(n, np.inf)
    days = np.ceil(np.minimum(death, lost))  # whole days: ties occur
    return days, death <= lost, -(risk + rng.normal(size=n))


def once(n):
    return np.ones((1, n))


def test_harrells_equals_lifelines_with_ties(rng):
    for _ in range(10):
        days, event, expected = cohort(rng, 120)
        expected = np.round(expected, 1)
        assert harrell(days, event, expected, once(120))[0] == pytest.approx(concordance_index(days, expected, event))


def test_three_patients_by_hand():
    days, event = np.array([2.0, 4.0, 6.0]), np.array([True, False, True])
    # comparable: (1st, 2nd), (1st, 3rd); the 2nd was lost before the 3rd died
    assert harrell(days, event, np.array([5.0, 4.0, 9.0]), once(3))[0] == 0.5
    assert harrell(days, event, np.array([5.0, 5.0, 9.0]), once(3))[0] == 0.75


def test_weights_stand_for_repeated_patients(rng):
    days, event, expected = cohort(rng, 40)
    times = rng.integers(0, 3, 40)
    repeated = [np.repeat(x, times) for x in (days, event, expected)]
    for function in (harrell, uno):
        weighted = function(days, event, expected, times[None].astype(float))[0]
        assert weighted == pytest.approx(function(*repeated, once(times.sum()))[0])


def test_blocks_change_nothing(rng, monkeypatch):
    days, event, expected = cohort(rng, 60)
    weights = rng.integers(0, 3, (5, 60)).astype(float)
    whole = uno(days, event, expected, weights)
    monkeypatch.setattr("isocenter.metrics.concordance._BLOCK_PAIRS", 400)
    np.testing.assert_allclose(uno(days, event, expected, weights), whole)


def test_staying_uncensored_equals_lifelines_kaplan_meier_of_the_censoring(rng):
    days, event, _ = cohort(rng, 80)
    days = days + rng.permutation(80) / 1000  # no ties, on which conventions differ
    fit = KaplanMeierFitter().fit(days, ~event)
    before = fit.survival_function_at_times(days - 1e-6).to_numpy()
    np.testing.assert_allclose(uncensored_before(days, event, once(80))[0], before, atol=1e-9)


def test_unos_equals_its_definition(rng):
    days, event, expected = cohort(rng, 50)
    stay = uncensored_before(days, event, once(50))[0]
    wins = pairs = 0.0
    for i, j in itertools.permutations(range(50), 2):
        if event[i] and (days[i] < days[j] or (days[i] == days[j] and not event[j])):
            pairs += stay[i] ** -2
            wins += stay[i] ** -2 * (expected[i] < expected[j])
    assert uno(days, event, expected, once(50))[0] == pytest.approx(wins / pairs)


def test_without_censoring_unos_is_harrells(rng):
    days, event, expected = cohort(rng, 100, censoring=0)
    assert event.all()
    assert uno(days, event, expected, once(100))[0] == pytest.approx(harrell(days, event, expected, once(100))[0])


def test_censoring_moves_harrells_more_than_unos():
    """Non-proportional: prediction is good early, useless late. Early censoring leaves only the early pairs."""
    rng = np.random.default_rng(0)
    n = 3000
    group = rng.random(n) < 0.5
    death = np.where(group, rng.uniform(0, 300, n), rng.uniform(100, 300, n))
    expected = np.where(group, 0.0, 1.0)
    full = harrell(death, np.ones(n, bool), expected, once(n))[0]
    lost = rng.uniform(0, 320, n)
    days, event = np.minimum(death, lost), death <= lost
    assert abs(uno(days, event, expected, once(n))[0] - full) < abs(harrell(days, event, expected, once(n))[0] - full)


def test_five_patients_of_whom_one_dies_by_hand():
    """Day 1 a death, 2 lost, 3 the event, 4 lost, 5 the event.

    Pairs of the event on day 3: the one lost on 4 and the one of day 5, weight 1 / G(3)², and the dead, 1 / (G(3) G(1)). Pairs of
    the event on day 5: the dead alone. G(1) = 1, G(3) = 3/4 (of four at risk one is lost), G(5) = 3/4 · 1/2.
    """
    days, end = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([2, 0, 1, 0, 1])
    expected = np.array([9.0, 1.0, 3.0, 2.0, 10.0])
    # In order: day 3 before the dead (3 < 9), day 3 before day 5 (3 < 10). Not: day 3 and 4 (3 > 2), day 5 and the dead (10 > 9).
    assert harrell(days, end, expected, once(5))[0] == pytest.approx(2 / 4)
    g3, g5 = 3 / 4, 3 / 8
    assert uno(days, end, expected, once(5))[0] == pytest.approx(
        (1 / g3 + 1 / g3**2) / (1 / g3 + 2 / g3**2 + 1 / g5),
    )


def test_with_competing_events_unos_equals_its_definition(rng):
    """The two kinds of pairs of Wolbers et al. 2014, written out as a loop."""
    days, event, expected = cohort(rng, 50)
    end = np.where(event, rng.choice([1, 1, 2, 3], 50), 0)
    stay = uncensored_before(days, end, once(50))[0]
    wins = pairs = 0.0
    for i, j in itertools.permutations(range(50), 2):
        if end[i] == 1 and (days[i] < days[j] or (days[i] == days[j] and end[j] == 0)):
            weight = stay[i] ** -2
        elif end[i] == 1 and days[i] >= days[j] and end[j] > 1:
            weight = 1 / (stay[i] * stay[j])
        else:
            continue
        pairs += weight
        wins += weight * (expected[i] < expected[j])
    assert uno(days, end, expected, once(50))[0] == pytest.approx(wins / pairs)
    times = rng.integers(0, 3, 50)
    repeated = [np.repeat(x, times) for x in (days, end, expected)]
    for function in (harrell, uno):
        weighted = function(days, end, expected, times[None].astype(float))[0]
        assert weighted == pytest.approx(function(*repeated, once(times.sum()))[0])


def test_the_order_of_the_incidence_wins_where_death_competes():
    """The hazard of the event is the same for all; who dies early has it more seldom, and should be expected to be free of it."""
    rng = np.random.default_rng(0)
    frail = rng.random(4000) < 0.5
    times = np.stack([rng.exponential(1.0, 4000) / rate for rate in (0.1, 0.1, np.where(frail, 1.0, 0.05))])
    days, end = times.min(axis=0), times.argmin(axis=0)
    expected = np.where(frail, 2.0, 1.0)
    seen_all = uno(times[1:].min(axis=0), times[1:].argmin(axis=0) + 1, expected, once(4000))[0]  # without censoring
    assert uno(days, end, expected, once(4000))[0] == pytest.approx(seen_all, abs=0.03)
    assert seen_all > 0.6
    assert harrell(days, end, expected, once(4000))[0] > 0.6
    taken_for_lost = harrell(days, np.where(end == 1, 1, 0), expected, once(4000))[0]
    assert taken_for_lost == pytest.approx(0.5, abs=0.05)


def test_no_comparable_pair_is_nan():
    assert np.isnan(harrell(np.array([1.0, 2.0]), np.array([False, False]), np.array([1.0, 2.0]), once(2))[0])


def test_events_after_the_horizon_are_no_first_members(rng):
    days, event, expected = cohort(rng, 60)
    cut = float(np.median(days))
    early = event & (days < cut)
    stay = uncensored_before(days, event, once(60))
    assert uno(days, event, expected, once(60), until=cut)[0] != uno(days, event, expected, once(60))[0]
    assert early.any()
    assert (stay > 0).all()
