"""Agreement of classes and grades over many cases, for one or many weightings.

In:   true and answered class (N,), weights (B, N).
Out:  accuracy, balanced accuracy, kappa, linear and quadratic kappa, error in grades (B,).
Not:  no interval; more than two raters are in rater_agreement.py.
Reference: Cohen, Educ Psychol Meas 1960; 20:37 (kappa). Cohen, Psychol Bull 1968; 70:213 (weighted kappa).
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.metrics.ratio import ratio


def weighted_confusion(
    truth: NDArray[np.intp], answer: NDArray[np.intp], classes: int, weights: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return the weighted confusion matrix (B, K, K), rows truth. Cases with class -1 (not assessed) do not count."""
    known = (truth >= 0) & (answer >= 0)
    code = truth[known] * classes + answer[known]
    cells = np.zeros((code.size, classes * classes))
    cells[np.arange(code.size), code] = 1.0
    counted: NDArray[np.float64] = np.asarray(weights, float)[:, known] @ cells
    return counted.reshape(len(counted), classes, classes)


def accuracy(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share on the diagonal (B,); NaN without cases."""
    return ratio(np.trace(confusion, axis1=1, axis2=2), confusion.sum(axis=(1, 2)))


def balanced_accuracy(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean recall over the classes that occur in the truth (B,); NaN without cases."""
    recall = ratio(np.diagonal(confusion, axis1=1, axis2=2), confusion.sum(axis=2))  # (B, K)
    present = ~np.isnan(recall)
    return ratio(np.where(present, recall, 0.0).sum(axis=1), present.sum(axis=1).astype(float))


def kappa(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Cohen's kappa, every miss as bad as any other (B,). NaN when both are one class throughout."""
    classes = confusion.shape[1]
    return _weighted_kappa(confusion, 1.0 - np.eye(classes))


def linear_kappa(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Cohen's kappa with distances as weights (B,): a miss by two grades is twice as bad as by one. NaN as `kappa`."""
    grades = np.arange(confusion.shape[1])
    return _weighted_kappa(confusion, np.abs(grades[:, None] - grades[None, :]) * 1.0)


def quadratic_kappa(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Cohen's kappa with squared distances as weights (B,): 1 = equal, 0 = chance, below 0 = worse.

    NaN when truth and answer are one and the same grade throughout: there is no disagreement to expect.
    """
    grades = np.arange(confusion.shape[1])
    return _weighted_kappa(confusion, (grades[:, None] - grades[None, :]) ** 2.0)


def grade_error(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how many grades the answer is off, on average (B,); NaN without cases."""
    grades = np.arange(confusion.shape[1])
    off = np.abs(grades[:, None] - grades[None, :])
    return ratio((confusion * off).sum(axis=(1, 2)), confusion.sum(axis=(1, 2)))


def _weighted_kappa(confusion: NDArray[np.float64], cost: NDArray[np.floating]) -> NDArray[np.float64]:
    total = confusion.sum(axis=(1, 2))
    seen = (confusion * cost).sum(axis=(1, 2))
    chance = np.einsum("bi,bj,ij->b", confusion.sum(axis=2), confusion.sum(axis=1), cost)
    return 1.0 - ratio(seen * total, chance)
