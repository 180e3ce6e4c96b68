"""Labels a model that never saw them would not have given: confident learning.

In:   given labels and out-of-fold probabilities.
Out:  which labels are suspect, what they would rather be, and how sure the model is of the given one.
Not:  no model, no images; a suspect is no proof (audits/label_noise.py shows them to a person).

A label is suspect when the model gives another class at least the probability it gives that class, on average, in cases labeled so;
so a rare class, of which the model is never sure, is judged by its own standard.

Reference: Northcutt, Jiang & Chuang, J Artif Intell Res 2021; 70:1373-1411, arXiv:1911.00068.
Differs:   no class is pruned to an estimated count; every suspect is listed, the least believed first.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.record import Record


class Confidence(Record):
    """What a model makes of given labels, (N,) each."""

    suspect: NDArray[np.bool_]
    suggested: NDArray[np.intp]
    """The class the model would give; the given one where it is not suspect, -1 where there is no label."""
    given: NDArray[np.float64]
    """Probability of the given class; NaN where there is no label or no answer."""


def label_confidence(labels: NDArray[np.intp], p: NDArray[np.float64]) -> Confidence:
    """Judge given labels by out-of-fold probabilities.

    Parameters
    ----------
    labels : (N,)
        Class of each case, 0 … K - 1; -1 = not assessed. StudyError if one lies outside.
    p : (N, K), in [0, 1]
        Probabilities by a model that did not learn from the case; a row with NaN counts as no answer.

    Returns
    -------
    Confidence; nothing is suspect of a class that no other case is labeled with, or that no case was answered for.
    """
    count, classes = p.shape
    if labels.shape != (count,) or (count and (labels.min() < -1 or labels.max() >= classes)):
        raise StudyError(
            f"expected a class from -1 to {classes - 1} for each of {count} cases, got {labels.shape} up to {labels.max()}."
        )
    known = (labels >= 0) & ~np.isnan(p).any(axis=1)
    standard = np.full(classes, np.inf)  # what the model gives a class in cases labeled so
    for k in range(classes):
        own = known & (labels == k)
        if own.any():
            standard[k] = p[own, k].mean()
    rows = np.flatnonzero(known)
    confident = np.where(p[rows] >= standard, p[rows], -1.0)  # (n, K)
    best = confident.argmax(axis=1)
    doubted = (confident.max(axis=1) >= 0) & (best != labels[rows])
    suspect = np.zeros(count, bool)
    suspect[rows[doubted]] = True
    suggested = np.where(labels >= 0, labels, -1).astype(np.intp)
    suggested[rows[doubted]] = best[doubted]
    given = np.full(count, np.nan)
    given[rows] = p[rows, labels[rows]]
    return Confidence(suspect=suspect, suggested=suggested, given=given)
