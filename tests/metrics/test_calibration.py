"""Calibration equals scikit-learn's and statsmodels', and finds what was planted."""

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.special import expit, logit
from sklearn.metrics import brier_score_loss

from isocenter.metrics.calibration import brier, calibration_intercept, calibration_slope, expected_calibration_error


def outcomes(rng, n=400, slope=1.0, intercept=0.0):
    x = rng.normal(size=n)
    return expit(x), rng.random(n) < expit(intercept + slope * x)


def test_brier_equals_scikit_learns(rng):
    p, positive = outcomes(rng)
    weights = rng.integers(0, 3, (3, 400)).astype(float)
    theirs = [brier_score_loss(positive, p, sample_weight=w) for w in weights]
    np.testing.assert_allclose(brier(p, positive, weights), theirs)


def test_slope_and_intercept_equal_statsmodels_logistic_regression(rng):
    p, positive = outcomes(rng, slope=0.6, intercept=-0.4)
    weights = rng.integers(0, 3, (4, 400)).astype(float)
    slopes, levels = calibration_slope(p, positive, weights), calibration_intercept(p, positive, weights)
    x = logit(p)
    for row, w in enumerate(weights):
        family = sm.families.Binomial()
        both = sm.GLM(positive.astype(float), sm.add_constant(x), family=family, freq_weights=w).fit(tol=1e-12)
        held = sm.GLM(positive.astype(float), np.ones((400, 1)), family=family, freq_weights=w, offset=x).fit(tol=1e-12)
        assert slopes[row] == pytest.approx(both.params[1], abs=1e-6)
        assert levels[row] == pytest.approx(held.params[0], abs=1e-6)


@pytest.mark.parametrize("slope", [0.5, 1.0, 2.0])
def test_a_planted_slope_is_found(slope):
    p, positive = outcomes(np.random.default_rng(1), n=40_000, slope=slope)
    assert calibration_slope(p, positive, np.ones((1, p.size)))[0] == pytest.approx(slope, rel=0.06)


def test_a_planted_intercept_is_found():
    p, positive = outcomes(np.random.default_rng(1), n=40_000, intercept=0.7)
    assert calibration_intercept(p, positive, np.ones((1, p.size)))[0] == pytest.approx(0.7, abs=0.05)


def test_separated_classes_have_no_slope_and_one_class_no_intercept():
    p = np.array([0.1, 0.2, 0.8, 0.9])
    assert np.isnan(calibration_slope(p, p > 0.5, np.ones((1, 4)))[0])
    assert np.isnan(calibration_slope(np.full(4, 0.3), p > 0.5, np.ones((1, 4)))[0])
    assert np.isnan(calibration_intercept(p, np.ones(4, bool), np.ones((1, 4)))[0])


def test_calibration_error_of_two_bins_by_hand():
    """20 cases, two bins of ten: stated 0.2, seen 0.4; stated 0.7, seen 0.6. Mean distance 0.15."""
    p = np.repeat([0.2, 0.7], 10)
    positive = np.concatenate([np.arange(10) < 4, np.arange(10) < 6])
    assert expected_calibration_error(p, positive, np.ones((1, 20)))[0] == pytest.approx(0.15)


def test_ten_bins_equal_a_loop_over_sorted_tenths(rng):
    p, positive = outcomes(rng, n=200)
    order = np.argsort(p)
    parts = np.split(order, 10)
    theirs = sum(abs(p[i].mean() - positive[i].mean()) for i in parts) / 10
    assert expected_calibration_error(p, positive, np.ones((1, 200)))[0] == pytest.approx(theirs)


def test_right_probabilities_have_almost_no_error_and_wrong_ones_have():
    p, positive = outcomes(np.random.default_rng(2), n=50_000)
    assert expected_calibration_error(p, positive, np.ones((1, p.size)))[0] < 0.01
    assert expected_calibration_error(p**3, positive, np.ones((1, p.size)))[0] > 0.1
    assert np.isnan(expected_calibration_error(np.empty(0), np.empty(0, bool), np.ones((1, 0)))[0])
