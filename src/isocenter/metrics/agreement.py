"""Agreement of classes and grades over many cases, for one or many weightings.

In:   true and answered class (N,), weights (B, N).
Out:  accuracy, balanced accuracy, quadratic kappa (B,).
Not:  no interval.
Reference: Cohen, Psychol Bull 1968; 70:213 (weighted kappa).
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


def quadratic_kappa(confusion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Cohen's kappa with squared distances as weights (B,): 1 = equal, 0 = chance, below 0 = worse.

    NaN when truth and answer are one and the same grade throughout: there is no disagreement to expect.
    """
    grades = np.arange(confusion.shape[1])
    cost = (grades[:, None] - grades[None, :]) ** 2.0
    total = confusion.sum(axis=(1, 2))
    seen = (confusion * cost).sum(axis=(1, 2))
    chance = np.einsum("bi,bj,ij->b", confusion.sum(axis=2), confusion.sum(axis=1), cost)
    return 1.0 - ratio(seen * total, chance)
