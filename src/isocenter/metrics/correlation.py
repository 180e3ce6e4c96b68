"""Rank correlation of two numbers over many cases, for one or many weightings.

In:   two numbers (N,), finite; weights (B, N).
Out:  Spearman's rho (B,).
Not:  no interval.
Reference: Spearman, Am J Psychol 1904; 15:72. Ties have their mean rank.
"""

import numpy as np
from numpy.typing import NDArray


def spearman(first: NDArray[np.floating], second: NDArray[np.floating], weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return Spearman's rho (B,) in [-1, 1]; NaN where one side does not vary.

    A weight of 2 means the same as having the case twice.
    """
    w = np.asarray(weights, float)
    total = w.sum(axis=1, keepdims=True)
    a, b = weighted_ranks(first, w), weighted_ranks(second, w)
    with np.errstate(invalid="ignore", divide="ignore"):
        a = a - (w * a).sum(axis=1, keepdims=True) / total
        b = b - (w * b).sum(axis=1, keepdims=True) / total
        spread = np.sqrt((w * a * a).sum(axis=1) * (w * b * b).sum(axis=1))
        return np.where(spread > 1e-9, (w * a * b).sum(axis=1) / np.where(spread > 1e-9, spread, 1.0), np.nan)


def weighted_ranks(values: NDArray[np.floating], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean rank of every case (B, N) in a sample where each counts as often as its weight."""
    every = np.asarray(values)
    if every.size == 0:
        return np.zeros((len(weights), 0))
    order = np.argsort(every, kind="stable")
    new = np.concatenate([[True], every[order][1:] != every[order][:-1]])
    place = np.empty(every.size, np.intp)
    place[order] = np.cumsum(new) - 1
    mass = np.add.reduceat(weights[:, order], np.flatnonzero(new), axis=1)  # (B, groups)
    middle = np.cumsum(mass, axis=1) - mass / 2 + 0.5
    ranks: NDArray[np.float64] = middle[:, place]
    return ranks
