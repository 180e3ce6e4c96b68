"""The paired test of two AUCs."""

import math

import numpy as np
import pytest

from isocenter.metrics.ranking import auc
from isocenter.metrics.tests_of_difference.paired_delong import paired_delong

from ..estimates.test_delong import by_definition


def two_models(rng, n=200, better=0.0):
    positive = np.arange(n) % 2 == 0
    shared = rng.normal(size=n)
    noise = lambda: rng.normal(size=n)  # noqa: E731
    return positive * (1.2 + better) + shared + noise(), positive * 1.2 + shared + noise(), positive


def test_effect_and_p_follow_from_the_definition(rng):
    first, second, positive = two_models(rng)
    found = paired_delong(first, second, positive)
    _, covariance = by_definition(np.stack([first, second]), positive)
    error = math.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    assert found.effect == pytest.approx(auc(first, positive) - auc(second, positive))
    assert found.interval.ends == pytest.approx((found.effect - 1.959964 * error, found.effect + 1.959964 * error))
    assert found.p == pytest.approx(math.erfc(abs(found.effect) / error / math.sqrt(2)))


def test_the_level_holds_and_a_difference_is_found():
    rng = np.random.default_rng(0)
    same = np.mean([paired_delong(*two_models(rng)).p <= 0.05 for _ in range(400)])
    apart = np.mean([paired_delong(*two_models(rng, better=1.0)).p <= 0.05 for _ in range(100)])
    assert 0.02 <= same <= 0.085
    assert apart > 0.8


def test_the_same_ranking_is_no_difference():
    scores, positive = np.arange(30.0), np.arange(30) % 3 == 0
    found = paired_delong(scores, scores * 2, positive)
    assert (found.effect, found.p) == (0.0, 1.0)
    assert np.isnan(found.interval.ends).all()


def test_one_class_is_nan():
    found = paired_delong(np.arange(20.0), np.arange(20.0), np.ones(20, bool))
    assert math.isnan(found.effect)
    assert math.isnan(found.p)
