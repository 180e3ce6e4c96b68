"""DeLong's covariance equals its definition; the interval stays inside [0, 1] and has width when all is right."""

import math

import numpy as np
import pytest

from isocenter.metrics.estimates.delong import auc_covariance, delong, hanley_variance, newcombe

from ..test_ranking import hanley_mcneil


def by_definition(scores, positive):
    """Structural components as in DeLong 1988, formulas 4 and 5, with loops."""
    pos, neg = scores[:, positive], scores[:, ~positive]
    wins = (pos[:, :, None] > neg[:, None, :]) + 0.5 * (pos[:, :, None] == neg[:, None, :])
    v10, v01 = wins.mean(axis=2), wins.mean(axis=1)
    aucs = wins.mean(axis=(1, 2))
    covariance = np.zeros((len(scores), len(scores)))
    for r in range(len(scores)):
        for s in range(len(scores)):
            s10 = ((v10[r] - aucs[r]) * (v10[s] - aucs[s])).sum() / (pos.shape[1] - 1)
            s01 = ((v01[r] - aucs[r]) * (v01[s] - aucs[s])).sum() / (neg.shape[1] - 1)
            covariance[r, s] = s10 / pos.shape[1] + s01 / neg.shape[1]
    return aucs, covariance


def test_covariance_equals_the_definition_with_ties(rng):
    scores, positive = rng.integers(0, 9, (3, 60)) / 9, rng.random(60) < 0.4
    result = auc_covariance(scores, positive)
    aucs, covariance = by_definition(scores, positive)
    np.testing.assert_allclose(result.aucs, aucs, atol=1e-12)
    np.testing.assert_allclose(result.covariance, covariance, atol=1e-12)


def test_hanley_and_mcneils_ct_ratings_have_a_standard_error_of_0_032():
    """Their table II: AUC 0.893, SE 0.032; Newcombe's smoothing changes the third digit, DeLong is a little smaller."""
    scores, positive = hanley_mcneil()
    result = auc_covariance(scores, positive)
    assert math.sqrt(hanley_variance(0.893, 51, 58)) == pytest.approx(0.032, abs=0.001)
    assert math.sqrt(result.covariance[0, 0]) == pytest.approx(0.031, abs=0.001)


def test_the_interval_of_the_ct_ratings_holds_the_value_inside_0_and_1():
    interval = delong(*hanley_mcneil())
    assert 0.80 < interval.low < 0.893 < interval.high < 0.96
    assert interval.kind.startswith("DeLong (logit)")


def test_perfect_ranking_still_has_width():
    interval = delong(np.arange(30.0), np.arange(30) >= 15)
    assert interval.high == 1.0
    assert 0.7 < interval.low < 0.95
    assert "Newcombe" in interval.kind
    reversed_ranking = delong(-np.arange(30.0), np.arange(30) >= 15)
    assert reversed_ranking.low == 0.0
    assert reversed_ranking.high == pytest.approx(1 - interval.low, abs=1e-6)


def test_newcombes_ends_are_one_and_a_half_standard_errors_and_more_away():
    """The defining equation: |AUC - end| = 1.96 x the standard error at the end."""
    interval = newcombe(0.8, 20, 30)
    for end in interval.ends:
        assert abs(0.8 - end) == pytest.approx(1.959964 * math.sqrt(hanley_variance(end, 20, 30)), rel=1e-5)


def test_one_class_has_no_interval():
    assert np.isnan(delong(np.arange(5.0), np.ones(5, bool)).ends).all()
    assert np.isnan(newcombe(0.5, 0, 5).ends).all()


def test_more_patients_give_a_narrower_interval(rng):
    widths = []
    for n in (20, 80, 320):
        positive = np.arange(n) % 2 == 0
        widths.append(delong(rng.normal(size=n) + positive, positive).width)
    assert widths == sorted(widths, reverse=True)
