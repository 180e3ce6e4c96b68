"""The four counts and their shares."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score, precision_score, recall_score

from isocenter.core.errors import StudyError
from isocenter.core.scores import Scores
from isocenter.metrics.decisions import called_of, two_class_counts, weighted_counts


def test_all_equal_scikit_learns_with_weights(rng):
    positive, called = rng.random(200) < 0.3, rng.random(200) < 0.4
    weights = rng.integers(0, 4, (5, 200)).astype(float)
    counts = weighted_counts(positive, called, weights)
    for row, w in enumerate(weights):
        tn, fp, fn, tp = confusion_matrix(positive, called, sample_weight=w).ravel()
        assert (counts.true_positive[row], counts.false_positive[row]) == (tp, fp)
        assert (counts.false_negative[row], counts.true_negative[row]) == (fn, tn)
        assert counts.f1[row] == pytest.approx(f1_score(positive, called, sample_weight=w))
        assert counts.sensitivity[row] == pytest.approx(recall_score(positive, called, sample_weight=w))
        assert counts.specificity[row] == pytest.approx(recall_score(~positive, ~called, sample_weight=w))
        assert counts.positive_predictive_value[row] == pytest.approx(precision_score(positive, called, sample_weight=w))
        assert counts.negative_predictive_value[row] == pytest.approx(precision_score(~positive, ~called, sample_weight=w))


def test_ten_cases_by_hand():
    """4 have it, of whom 3 are called; 6 do not, of whom 2 are called."""
    positive = np.arange(10) < 4
    called = np.array([1, 1, 1, 0, 1, 1, 0, 0, 0, 0], bool)
    counts = weighted_counts(positive, called, np.ones((1, 10)))
    assert counts.sensitivity[0] == pytest.approx(3 / 4)
    assert counts.specificity[0] == pytest.approx(4 / 6)
    assert counts.positive_predictive_value[0] == pytest.approx(3 / 5)
    assert counts.negative_predictive_value[0] == pytest.approx(4 / 5)
    assert counts.f1[0] == pytest.approx(6 / 9)


def test_nothing_there_and_nothing_called_is_nan():
    counts = weighted_counts(np.zeros(5, bool), np.zeros(5, bool), np.ones((1, 5)))
    assert np.isnan([counts.f1[0], counts.sensitivity[0], counts.positive_predictive_value[0]]).all()
    assert counts.specificity[0] == 1.0


def test_exactly_one_half_is_called_and_not_assessed_is_not():
    p = [[0.5, 0.5], [0.51, 0.49], [0.1, 0.9]]
    truth = [[0, 1], [0, 1], [np.nan, np.nan]]
    pair = [[Scores(p=np.array(r, float), names=("no", "yes")) for r in rows] for rows in (truth, p)]
    found = called_of(*pair)
    assert found.called.tolist() == [True, False, False]
    assert found.known.tolist() == [True, True, False]
    assert two_class_counts(*pair, np.ones((1, 3))).sensitivity[0] == 0.5


def test_three_classes_are_not_two():
    three = [Scores(p=np.eye(3)[0], names=("a", "b", "c"))]
    with pytest.raises(StudyError, match="two classes"):
        called_of(three, three)
