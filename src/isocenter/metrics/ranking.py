"""How well scores rank positives above negatives, for one or many weightings of the cases.

In:   scores (N,), which are positive (N,), weights (B, N).
Out:  area under the ROC curve (B,), ties counted half.
Not:  no interval (estimates/delong.py, estimates/patient_bootstrap.py).
Reference: Hanley & McNeil, Radiology 1982; 143:29. Mann & Whitney, Ann Math Stat 1947.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.metrics.ratio import ratio

_MOST_RANKED = 1 << 23
_LEVELS = 1 << 16


def weighted_auc(scores: NDArray[np.floating], positive: NDArray[np.bool_], weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the probability that a positive scores above a negative, ties half.

    scores   : (N,), finite
    positive : (N,) bool
    weights  : (B, N), >= 0, a resample a row
    return   : (B,) in [0, 1]; NaN where a row has weight on one class only
    """
    order = np.argsort(scores, kind="stable")
    ranked = np.asarray(scores)[order]
    first = np.concatenate([[True], ranked[1:] != ranked[:-1]]) if ranked.size else np.empty(0, bool)
    starts = np.flatnonzero(first)  # of each group of equal scores
    if starts.size == 0:
        return np.full(len(weights), np.nan)
    sorted_weights = np.asarray(weights, float)[:, order]
    sign = np.asarray(positive)[order]
    pos = np.add.reduceat(sorted_weights * sign, starts, axis=1)  # (B, groups)
    neg = np.add.reduceat(sorted_weights * ~sign, starts, axis=1)
    below = np.cumsum(neg, axis=1) - 0.5 * neg
    pairs = pos.sum(axis=1) * neg.sum(axis=1)
    wins = (pos * below).sum(axis=1)
    return ratio(wins, pairs)


def auc(scores: NDArray[np.floating], positive: NDArray[np.bool_]) -> float:
    """Return the area under the ROC curve. NaN when one class is absent.

    Above 8 million scores, probabilities are ranked in 65536 levels, in which the AUC differs by less than 1e-4.
    """
    if scores.size > _MOST_RANKED and scores.min() >= 0.0 and scores.max() <= 1.0:
        return _auc_of_levels(np.round(scores * _LEVELS).astype(np.int64), positive)
    return float(weighted_auc(scores, positive, np.ones((1, len(scores))))[0])


def _auc_of_levels(level: NDArray[np.int64], positive: NDArray[np.bool_]) -> float:
    """Return the AUC from how many of each class lie at each level."""
    pos = np.bincount(level[positive], minlength=_LEVELS + 1).astype(float)
    neg = np.bincount(level[~positive], minlength=_LEVELS + 1).astype(float)
    wins = (pos * (np.cumsum(neg) - neg / 2)).sum()
    return float(ratio(wins, pos.sum() * neg.sum()))
