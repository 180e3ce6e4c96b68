"""One culture's growth: the curve it was drawn from comes back, and a plateau that is not seen is not invented."""

import math

import numpy as np
import pytest

from isocenter.biomarkers.growth_curve import curvature, fit_growth

HOURS = np.linspace(0, 72, 10)


def logistic(hours, *, start=20.0, rate=0.03, capacity=200.0):
    return capacity / (1 + (capacity / start - 1) * np.exp(-rate * hours))


def test_exponential_growth_gives_its_doubling_time():
    fit = fit_growth(HOURS, 30 * 2 ** (HOURS / 24), "exponential")
    assert fit.doubling_h == pytest.approx(24, rel=1e-4)
    assert fit.start == pytest.approx(30, rel=1e-4)


def test_logistic_growth_gives_its_rate_and_capacity():
    hours = np.linspace(0, 200, 12)
    fit = fit_growth(hours, logistic(hours), "logistic")
    assert not fit.refused
    assert fit.rate == pytest.approx(0.03, rel=1e-3)
    assert fit.capacity == pytest.approx(200, rel=1e-3)
    np.testing.assert_allclose(fit.at(hours), logistic(hours), rtol=1e-3)


@pytest.mark.parametrize("counts", [30 * 2 ** (HOURS / 24), logistic(HOURS)])
def test_a_plateau_that_is_not_seen_is_refused(counts):
    """At 72 h the logistic curve has reached half of its capacity."""
    fit = fit_growth(HOURS, counts, "logistic")
    assert "plateau is not seen" in fit.refused
    assert math.isnan(fit.rate)
    assert math.isnan(fit.doubling_h)


def test_a_capacity_known_from_elsewhere_needs_no_plateau():
    fit = fit_growth(HOURS, logistic(HOURS), "logistic", capacity=200.0)
    assert fit.rate == pytest.approx(0.03, rel=1e-3)


def test_a_full_culture_tells_no_rate():
    assert "already at the capacity" in fit_growth(HOURS, np.full(10, 150.0), "logistic").refused


@pytest.mark.parametrize(("counts", "why"), [([5, 9, np.nan, np.nan], "2 times"), ([0, 0, 0, 0], "no cell")])
def test_too_little_is_refused_with_the_reason(counts, why):
    assert why in fit_growth(HOURS[:4], np.array(counts, float), "exponential").refused


def test_cells_that_die_do_not_double():
    fit = fit_growth(HOURS, 100 * 2 ** (-HOURS / 24), "exponential")
    assert fit.rate == pytest.approx(-math.log(2) / 24, rel=1e-3)
    assert math.isinf(fit.doubling_h)


def test_a_count_of_zero_is_a_count():
    counts = np.array([8.0, 4, 2, 1, 0, 0, 0, 0, 0, 0])
    assert fit_growth(HOURS, counts, "exponential").rate < -0.05


def test_curvature_tells_steady_growth_from_growth_that_slows():
    assert curvature(HOURS, 300 * 2 ** (HOURS / 24)) == pytest.approx(0, abs=0.02)
    assert curvature(HOURS, logistic(HOURS, start=60)) > 0.5
    assert math.isnan(curvature(HOURS[:3], np.ones(3)))
