"""AUC of classes and of findings."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from isocenter.core.scores import Scores
from isocenter.metrics.registry import per_cohort


def measured(name, truth, answer, names):
    wrap = lambda rows: [Scores(p=np.asarray(r, float), names=names) for r in rows]  # noqa: E731
    return per_cohort().get(name).function(wrap(truth), wrap(answer), np.ones((1, len(truth))))[0]


def test_more_than_two_classes_are_each_against_the_rest_averaged(rng):
    label, answer = rng.integers(0, 4, 120), rng.dirichlet(np.ones(4), 120)
    theirs = roc_auc_score(label, answer, multi_class="ovr", average="macro")
    assert measured("auc", np.eye(4)[label], answer, tuple("abcd")) == pytest.approx(theirs)


def test_of_two_classes_it_is_the_seconds(rng):
    label, p = rng.random(80) < 0.3, rng.random(80)
    truth, answer = np.stack([~label, label], axis=1), np.stack([1 - p, p], axis=1)
    assert measured("auc", truth, answer, ("no", "yes")) == pytest.approx(roc_auc_score(label, p))


def test_findings_not_assessed_are_dropped_finding_by_finding(rng):
    truth, answer = (rng.random((90, 2)) < 0.5).astype(float), rng.random((90, 2))
    truth[:30, 0] = np.nan
    theirs = (roc_auc_score(truth[30:, 0], answer[30:, 0]) + roc_auc_score(truth[:, 1], answer[:, 1])) / 2
    assert measured("multilabel_auc", truth, answer, ("effusion", "mass")) == pytest.approx(theirs)


def test_a_finding_nobody_has_is_left_out(rng):
    truth, answer = (rng.random((50, 2)) < 0.5).astype(float), rng.random((50, 2))
    truth[:, 1] = 0.0
    assert measured("multilabel_auc", truth, answer, ("effusion", "mass")) == pytest.approx(
        roc_auc_score(truth[:, 0], answer[:, 0])
    )
