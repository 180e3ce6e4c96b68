"""Classifier two-sample test: how well a classifier tells generated images from real ones it was not fitted to.

Out:  area under the ROC curve; 0.5 = it cannot, 1 = always. Out of fold, five folds of pairs. NaN for fewer than ten images.
Reference: Lopez-Paz & Oquab, ICLR 2017, arXiv:1610.06545.
Differs:   logistic regression on Gist (metrics/gist.py), and the area instead of the accuracy.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.gist import gist, require_images

FOLDS = 5
STRENGTH = 0.01


def out_of_fold(real: NDArray[np.floating], made: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Return the scores of both (N,), each by a classifier that saw neither the image nor its pair."""
    from sklearn.linear_model import LogisticRegression

    fold = np.arange(len(real)) % FOLDS
    scores = np.empty(len(real)), np.empty(len(made))
    for k in range(FOLDS):
        learn, test = fold != k, fold == k
        fitted = LogisticRegression(C=STRENGTH, max_iter=500).fit(
            np.concatenate([real[learn], made[learn]]), np.repeat([0, 1], learn.sum())
        )
        for out, features in zip(scores, (real, made), strict=True):
            out[test] = fitted.decision_function(features[test])
    return scores


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the area for each row of weights."""
    require_images(truths, answers)
    if len(truths) < 2 * FOLDS:
        return np.full(len(weights), np.nan)
    real, made = out_of_fold(*gist(truths, answers))
    above = (made[:, None] > real[None]) + 0.5 * (made[:, None] == real[None])  # (made, real)
    total = weights.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        area: NDArray[np.floating] = ((weights @ above) * weights).sum(axis=1) / total**2
    return area


MEASURES = ("image",)
METRIC = CohortMetric(
    name="two_sample_auc", unit="1", function=measure, better="lower", cite="Lopez-Paz & Oquab, ICLR 2017, arXiv:1610.06545"
)
