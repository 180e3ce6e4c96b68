"""AUC by ranks equals scikit-learn's, and Hanley and McNeil's worked example."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from isocenter.metrics.ranking import auc, weighted_auc


def test_weighted_auc_with_ties_equals_scikit_learns(rng):
    scores, positive = rng.integers(0, 12, 200) / 12, rng.random(200) < 0.3
    weights = rng.integers(0, 4, (15, 200)).astype(float)
    theirs = [roc_auc_score(positive, scores, sample_weight=w) for w in weights]
    np.testing.assert_allclose(weighted_auc(scores, positive, weights), theirs, atol=1e-12)


def hanley_mcneil():
    """Ratings 1 to 5 of 58 normal and 51 abnormal CT images: Radiology 1982; 143:29, table I."""
    normal, abnormal = (33, 6, 6, 11, 2), (3, 2, 2, 11, 33)
    scores = np.concatenate([np.repeat(np.arange(1.0, 6), counts) for counts in (normal, abnormal)])
    return scores, np.arange(scores.size) >= sum(normal)


def test_hanley_and_mcneils_ct_ratings_give_0_893():
    assert auc(*hanley_mcneil()) == pytest.approx(0.893, abs=0.0005)


def test_perfect_reversed_and_constant_scores():
    positive = np.array([False, False, True])
    assert auc(np.array([0.1, 0.2, 0.9]), positive) == 1.0
    assert auc(np.array([0.9, 0.8, 0.1]), positive) == 0.0
    assert auc(np.zeros(3), positive) == 0.5


def test_one_class_or_no_case_is_nan():
    assert np.isnan(auc(np.array([1.0, 2.0]), np.array([True, True])))
    assert np.isnan(auc(np.empty(0), np.empty(0, bool)))
    rows = weighted_auc(np.array([1.0, 2.0]), np.array([True, False]), np.array([[1.0, 1.0], [2.0, 0.0]]))
    assert rows[0] == 0.0
    assert np.isnan(rows[1])


def test_a_weight_of_two_is_the_case_twice(rng):
    scores, positive, times = rng.normal(size=30), np.arange(30) % 3 == 0, rng.integers(1, 4, 30)
    assert weighted_auc(scores, positive, times[None].astype(float))[0] == pytest.approx(
        auc(np.repeat(scores, times), np.repeat(positive, times))
    )
