"""A planted power law is found, and so is what one label is worth in another."""

import math

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.metrics.exchange_rate import PowerLaw, exchange_rate, fit_power_law

SIZES = np.repeat([25.0, 50.0, 100.0, 200.0, 400.0], 3)


def curve(a, b, c, rng=None, sizes=SIZES, noise=0.03):
    clean = a * sizes**-b + c
    return clean if rng is None else clean * np.exp(rng.normal(0, noise, sizes.size))


@pytest.mark.parametrize(("a", "b", "c"), [(2.0, 0.5, 0.05), (10.0, 1.0, 0.02), (0.8, 0.3, 0.0)])
def test_without_noise_the_parameters_are_found(a, b, c):
    fitted = fit_power_law(SIZES, curve(a, b, c))
    assert (fitted.a, fitted.b, fitted.c) == pytest.approx((a, b, c), rel=0.02, abs=1e-3)
    assert fitted.cases_for(fitted.error(120.0)) == pytest.approx(120.0)


def test_an_error_below_what_remains_is_never_reached_and_far_beyond_is_not_said():
    fitted = fit_power_law(SIZES, curve(2.0, 0.5, 0.05))
    assert fitted.cases_for(0.04) == math.inf
    assert math.isnan(fitted.cases_for(fitted.error(40_000.0)))


def test_ten_points_are_worth_one_mask():
    """B's curve is A's with ten times the cases: a (n / 10)^-b + c."""
    one, other = curve(2.0, 0.5, 0.05), curve(2.0 * 10**0.5, 0.5, 0.05, sizes=SIZES * 10)
    found = exchange_rate((SIZES, one), (SIZES * 10, other), 100.0, rng=np.random.default_rng(0), draws=20)
    assert found.rate == pytest.approx(10.0, rel=0.03)
    assert found.worth == pytest.approx(1000.0, rel=0.03)


@pytest.mark.slow
def test_the_interval_holds_the_rate():
    runs = hits = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        one, other = curve(2.0, 0.5, 0.05, rng), curve(2.0 * 4**0.5, 0.5, 0.05, rng, SIZES * 4)
        found = exchange_rate((SIZES, one), (SIZES * 4, other), 100.0, rng=rng, draws=200)
        hits += found.interval.low <= 4.0 <= found.interval.high
        runs += 1
    assert hits / runs >= 0.92 - 2 * (0.92 * 0.08 / runs) ** 0.5


def test_a_label_that_never_gets_there_has_no_price():
    one, other = curve(2.0, 0.5, 0.05), curve(2.0, 0.5, 0.6)
    assert exchange_rate((SIZES, one), (SIZES, other), 200.0, rng=np.random.default_rng(0), draws=5).rate == math.inf


def test_labels_that_were_there_already_are_not_exchanged():
    """B had 20 labels of A beside its own: only the 80 beyond are paid with 1000 of B."""
    one, other = curve(2.0, 0.5, 0.05), curve(2.0 * 10**0.5, 0.5, 0.05, sizes=SIZES * 10)
    found = exchange_rate((SIZES, one), (SIZES * 10, other), 100.0, rng=np.random.default_rng(0), beside=20.0, draws=20)
    assert found.worth == pytest.approx(1000.0, rel=0.03)
    assert found.rate == pytest.approx(12.5, rel=0.03)
    with pytest.raises(StudyError, match="more labels than the 100"):
        exchange_rate((SIZES, one), (SIZES * 10, other), 100.0, rng=np.random.default_rng(0), beside=100.0)


def test_a_curve_that_is_nearly_flat_says_nothing_far_away():
    flat = PowerLaw(a=0.5, b=1e-4, c=0.0, smallest=10, largest=100)
    assert math.isnan(flat.cases_for(0.1))


def test_too_few_sizes_and_errors_of_zero_are_refused():
    with pytest.raises(StudyError, match="three sizes"):
        fit_power_law([10, 10, 20, 20], [0.5, 0.4, 0.3, 0.3])
    with pytest.raises(StudyError, match="above 0"):
        fit_power_law([10, 20, 40, 80], [0.5, 0.4, 0.3, 0.0])
