"""Agreement of classes equals scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, cohen_kappa_score, mean_absolute_error

from isocenter.metrics.agreement import (
    accuracy,
    balanced_accuracy,
    grade_error,
    kappa,
    linear_kappa,
    quadratic_kappa,
    weighted_confusion,
)


@pytest.mark.parametrize("classes", [2, 5])
def test_all_equal_scikit_learns_with_weights(classes, rng):
    truth = rng.integers(0, classes, 150)
    answer = np.where(rng.random(150) < 0.6, truth, rng.integers(0, classes, 150))
    weights = rng.integers(0, 4, (8, 150)).astype(float)
    confusion = weighted_confusion(truth, answer, classes, weights)
    for row, w in enumerate(weights):
        assert accuracy(confusion)[row] == pytest.approx(accuracy_score(truth, answer, sample_weight=w))
        assert balanced_accuracy(confusion)[row] == pytest.approx(balanced_accuracy_score(truth, answer, sample_weight=w))
        for ours, kind in ((kappa, None), (linear_kappa, "linear"), (quadratic_kappa, "quadratic")):
            theirs = cohen_kappa_score(truth, answer, weights=kind, sample_weight=w)
            assert ours(confusion)[row] == pytest.approx(theirs)
        assert grade_error(confusion)[row] == pytest.approx(mean_absolute_error(truth, answer, sample_weight=w))


def test_two_readers_and_fifty_cases_by_hand():
    """They agree in 35 of 50 (0.7); chance agreement is 0.5 x 0.6 + 0.5 x 0.4 = 0.5; kappa (0.7 - 0.5) / (1 - 0.5)."""
    confusion = np.array([[[20.0, 5.0], [10.0, 15.0]]])
    assert quadratic_kappa(confusion)[0] == pytest.approx(0.4)
    assert accuracy(confusion)[0] == pytest.approx(0.7)


def test_cases_not_assessed_do_not_count():
    truth, answer = np.array([0, 1, -1]), np.array([0, 0, 1])
    confusion = weighted_confusion(truth, answer, 2, np.ones((1, 3)))
    assert accuracy(confusion)[0] == 0.5


def test_a_class_that_never_occurs_does_not_count_in_the_mean_recall():
    confusion = weighted_confusion(np.array([0, 0, 1]), np.array([0, 2, 1]), 3, np.ones((1, 3)))
    assert balanced_accuracy(confusion)[0] == pytest.approx(0.75)


def test_without_cases_or_without_variation_there_is_nan():
    nothing = np.zeros((1, 3, 3))
    assert np.isnan(accuracy(nothing)[0])
    assert np.isnan(balanced_accuracy(nothing)[0])
    assert np.isnan(quadratic_kappa(np.array([[[7.0, 0.0], [0.0, 0.0]]]))[0])
