"""Average precision: the area under the precision-recall curve as a sum of steps, for one or many weightings.

In:   scores (N,), which are positive (N,), weights (B, N).
Out:  average precision (B,); chance is the share of positives.
Not:  no interval; no interpolation between the steps, which flatters (Davis & Goadrich, ICML 2006).
Reference: Manning, Raghavan & Schuetze, Introduction to Information Retrieval, 2008, section 8.4.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.metrics.ratio import ratio


def average_precision(
    scores: NDArray[np.floating], positive: NDArray[np.bool_], weights: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return the sum over thresholds of the rise in sensitivity times the precision there.

    scores   : (N,), finite; equal scores share a threshold
    positive : (N,)
    weights  : (B, N), >= 0
    return   : (B,) in [0, 1]; NaN where no positive has weight
    """
    order = np.argsort(-np.asarray(scores, float), kind="stable")  # highest first
    ranked = np.asarray(scores)[order]
    if ranked.size == 0:
        return np.full(len(weights), np.nan)
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    w, sign = np.asarray(weights, float)[:, order], np.asarray(positive)[order]
    found = np.add.reduceat(w * sign, starts, axis=1)  # (B, thresholds)
    called = np.cumsum(np.add.reduceat(w, starts, axis=1), axis=1)
    precision = np.divide(np.cumsum(found, axis=1), called, out=np.zeros_like(called), where=called > 0)
    return ratio((found * precision).sum(axis=1), found.sum(axis=1))
