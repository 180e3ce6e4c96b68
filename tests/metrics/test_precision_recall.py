"""Average precision equals scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from isocenter.metrics.precision_recall import average_precision


def test_it_equals_scikit_learns_with_ties_and_weights(rng):
    positive, scores = rng.random(150) < 0.2, np.round(rng.random(150), 1)
    weights = rng.integers(0, 3, (6, 150)).astype(float)
    ours = average_precision(scores, positive, weights)
    for row, w in enumerate(weights):
        assert ours[row] == pytest.approx(average_precision_score(positive, scores, sample_weight=w))


def test_four_cases_by_hand():
    """Ranked: yes, no, yes, no. Precision 1 at the first, 2/3 at the second that has it; each is half of the recall."""
    value = average_precision(np.array([4.0, 3.0, 2.0, 1.0]), np.array([True, False, True, False]), np.ones((1, 4)))
    assert value[0] == pytest.approx((1 + 2 / 3) / 2)


def test_equal_scores_give_the_share_of_positives():
    assert average_precision(np.ones(8), np.arange(8) < 2, np.ones((1, 8)))[0] == pytest.approx(0.25)


def test_without_positives_it_is_nan():
    assert np.isnan(average_precision(np.arange(3.0), np.zeros(3, bool), np.ones((1, 3)))[0])
    assert np.isnan(average_precision(np.empty(0), np.empty(0, bool), np.ones((1, 0)))[0])
