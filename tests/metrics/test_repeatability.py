"""Scan and rescan: the within-subject SD is the error's, its coefficient holds 95 % of pairs."""

import math

import numpy as np
import pytest
from statsmodels.formula.api import ols

from isocenter.metrics.repeatability import repeatability

from .test_intraclass import long


def scans(rng, people, times, *, between=3.0, within=1.0):
    return rng.normal(20, between, (people, 1)) + rng.normal(0, within, (people, times))


def test_two_scans_by_hand():
    """Differences 2, 4 and 0: within-subject variance (4 + 16 + 0) / 6 = 10/3."""
    found = repeatability(np.array([[10.0, 12.0], [20.0, 24.0], [30.0, 30.0]]))
    assert found.within_deviation == pytest.approx(math.sqrt(10 / 3))
    assert found.coefficient == pytest.approx(1.959964 * math.sqrt(2 * 10 / 3), rel=1e-6)
    assert math.isnan(found.within_interval.low)


def test_the_within_subject_variance_is_the_residual_of_statsmodels_anova(rng):
    table = scans(rng, 15, 3)
    assert repeatability(table).within_deviation ** 2 == pytest.approx(ols("y ~ C(case)", long(table)).fit().mse_resid)


def test_two_scans_of_one_person_lie_within_the_coefficient_nineteen_times_in_twenty():
    table = scans(np.random.default_rng(0), 20_000, 2)
    found = repeatability(table)
    assert np.mean(np.abs(table[:, 0] - table[:, 1]) <= found.coefficient) == pytest.approx(0.95, abs=0.005)
    assert found.between_deviation == pytest.approx(3.0, rel=0.03)
    assert found.icc == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize("people", [10, pytest.param(40, marks=pytest.mark.slow)])
def test_the_intervals_cover(people):
    rng = np.random.default_rng(people)
    found = [repeatability(scans(rng, people, 2)) for _ in range(400)]
    assert np.mean([f.within_interval.low <= 1.0 <= f.within_interval.high for f in found]) == pytest.approx(0.95, abs=0.03)
    assert np.mean([f.icc_interval.low <= 0.9 <= f.icc_interval.high for f in found]) == pytest.approx(0.95, abs=0.03)


def test_people_who_do_not_differ_have_no_spread_between_them(rng):
    found = repeatability(rng.normal(size=(12, 2)) * np.array([1.0, -1.0]) + np.array([5.0, -5.0]))
    assert found.between_deviation == 0.0
