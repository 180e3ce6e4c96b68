"""Cumulative incidence equals lifelines' and, without censoring, the plain share with its binomial error."""

import numpy as np
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter

from isocenter.core.errors import StudyError
from isocenter.metrics.incidence import cumulative_incidence, incidence_of_hazards


def cohort(rng, n):
    cause = rng.choice([0, 1, 2], n, p=[0.3, 0.4, 0.3])
    return rng.permutation(n) + rng.random(n), cause


def test_it_equals_lifelines(rng):
    days, cause = cohort(rng, 150)
    fit = AalenJohansenFitter(calculate_variance=False).fit(days, cause, event_of_interest=1)
    found = cumulative_incidence(days, cause)
    table = fit.cumulative_density_.iloc[:, 0]
    theirs = [float(table[table.index <= d].iloc[-1]) for d in found.days]
    np.testing.assert_allclose(found.share, theirs, atol=1e-9)


def test_without_censoring_it_is_the_share_with_its_binomial_error(rng):
    days = np.ceil(rng.exponential(20, 200))  # ties
    cause = rng.choice([1, 2], 200)
    found = cumulative_incidence(days, cause, of=2)
    for place in (0, len(found.days) // 2, -1):
        share = np.mean((cause == 2) & (days <= found.days[place]))
        assert found.share[place] == pytest.approx(share)
        assert found.error[place] == pytest.approx((share * (1 - share) / 200) ** 0.5)


def test_with_one_cause_it_is_one_minus_kaplan_meier_with_greenwoods_error(rng):
    days, cause = cohort(rng, 120)
    cause = np.minimum(cause, 1)
    found = cumulative_incidence(days, cause)
    fit = KaplanMeierFitter().fit(days, cause)
    np.testing.assert_allclose(found.share, 1 - fit.survival_function_at_times(found.days).to_numpy(), atol=1e-9)
    died = np.array([((days == t) & (cause == 1)).sum() for t in found.days])
    at_risk = np.array([(days >= t).sum() for t in found.days])
    some = at_risk > died  # Greenwood's formula divides by those who are left
    greenwood = (1 - found.share[some]) * np.sqrt(np.cumsum(died / (at_risk * np.maximum(at_risk - died, 1)))[some])
    np.testing.assert_allclose(found.error[some], greenwood, rtol=1e-9)


def test_four_patients_by_hand():
    """Day 1 cause 1, day 2 cause 2, day 3 lost, day 4 cause 1: 1/4 at first; the last adds all of the 1/2 left."""
    found = cumulative_incidence(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 2, 0, 1]))
    assert found.share == pytest.approx([0.25, 0.25, 0.75])
    assert [found.at(d) for d in (0.5, 1.0, 3.5, 9.0)] == pytest.approx([0.0, 0.25, 0.25, 0.75])


def test_the_causes_and_those_still_free_make_one(rng):
    days, cause = cohort(rng, 80)
    cause[np.argmax(days)] = 1
    both = sum(cumulative_incidence(days, cause, of=k).share[-1] for k in (1, 2))
    assert both == pytest.approx(1.0)
    naive = 1 - float(KaplanMeierFitter().fit(days, cause == 1).survival_function_.iloc[-1, 0])
    assert naive > cumulative_incidence(days, cause).share[-1]


def test_constant_hazards_of_two_causes():
    """0.1 and 0.3 a year: a quarter of who has either has the first. Exact on any days, as the shares never change."""
    years = np.array([0.5, 2.0, 5.0])
    assert incidence_of_hazards(np.outer([0.1, 0.3], years)) == pytest.approx(0.25 * (1 - np.exp(-0.4 * years)))
    assert incidence_of_hazards(0.1 * years[None]) == pytest.approx(1 - np.exp(-0.1 * years))
    assert incidence_of_hazards(np.empty((2, 0))).size == 0


def test_weights_stand_for_repeated_patients_and_nobody_gives_nothing(rng):
    days, cause = cohort(rng, 40)
    times = rng.integers(1, 4, 40)
    weighted, repeated = (
        cumulative_incidence(days, cause, weights=times),
        cumulative_incidence(days.repeat(times), cause.repeat(times)),
    )
    np.testing.assert_allclose(weighted.share, repeated.share)
    assert cumulative_incidence(days, np.zeros(40, int)).days.size == 0
    with pytest.raises(StudyError, match="without a time"):
        cumulative_incidence(np.array([np.nan]), np.array([1]))
