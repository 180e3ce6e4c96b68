"""Linear models with an elastic-net penalty, fitted along a path of strengths from the strongest on.

In:   a standardized matrix (N, F) and a loss.
Out:  weights (F, K) and intercepts (K,) per strength.
Not:  no choice of strength (choose.py).

Reference: Zou & Hastie, J R Stat Soc B 2005; 67:301-320. Beck & Teboulle, SIAM J Imaging Sci 2009; 2:183-202 (the search);
           Friedman, Hastie & Tibshirani, J Stat Softw 2010; 33(1) (the path).
One search for all losses, Cox's included, which scikit-learn lacks; each path starts where the last stronger penalty ended.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.methods._tabular.losses import Loss

Array = NDArray[np.float64]
_ALL = 300  # features that are all worked on: to choose among fewer saves nothing


class Weights(Record):
    """One linear model: eta = x @ weights + intercept."""

    weights: Array
    """(F, K)"""
    intercept: Array
    """(K,)"""


def strengths(x: Array, loss: Loss, *, l1: float, count: int, reach: float) -> Array:
    """Return `count` strengths from the least that keeps every weight at 0 down to `reach` times that, even in their logarithm.

    l1 : share of the absolute penalty; below 0.05 the first strength is that of 0.05, since none keeps weights at 0
    """
    eta = np.tile(loss.start(), (len(x), 1))
    most = float(np.abs(x.T @ loss.slope(eta)).max(initial=0.0)) / max(l1, 0.05)
    return max(most * (1 + 1e-9), 1e-8) * np.logspace(0.0, np.log10(reach), count)


def path(x: Array, loss: Loss, along: Array, *, l1: float, tolerance: float = 1e-4, most: int = 2000) -> Iterator[Weights]:
    """Yield the model at each strength of `along`.

    Of many features, only those are worked on whose weight is not 0, or will not stay there; the others are checked after.

    tolerance : a search ends when no score moves by more than this share of the scores' spread (or of a tenth of their unit)
    most      : steps of a search, at most
    """
    at = Weights(weights=np.zeros((x.shape[1], len(loss.start()))), intercept=loss.start())
    pull = np.abs(x.T @ loss.slope(np.tile(at.intercept, (len(x), 1)))).max(axis=1)
    for strength in along:
        least = float(strength) * l1 * (1 + 1e-3)
        worked = (pull > least) | at.weights.any(axis=1) if x.shape[1] > _ALL else np.ones(x.shape[1], bool)
        while True:
            some = x[:, worked]
            inner = _descend(
                some, loss, Weights(weights=at.weights[worked], intercept=at.intercept), float(strength), l1, tolerance, most
            )
            weights = np.zeros_like(at.weights)
            weights[worked] = inner.weights
            at = Weights(weights=weights, intercept=inner.intercept)
            pull = np.abs(x.T @ loss.slope(some @ inner.weights + inner.intercept)).max(axis=1)
            missed = ~worked & (pull > least)
            if not missed.any():
                break
            worked |= missed
        yield at


def largest_square(x: Array, turns: int = 15) -> float:
    """Return the largest eigenvalue of [x, 1]' [x, 1], slightly above, by powers."""
    way = np.ones(len(x)) / np.sqrt(len(x))
    value = float(len(x))
    for _ in range(turns):
        way = x @ (x.T @ way) + way.sum()
        value = float(np.linalg.norm(way))
        way /= max(value, 1e-300)
    return 1.05 * value


def _descend(x: Array, loss: Loss, start: Weights, strength: float, l1: float, tolerance: float, most: int) -> Weights:
    """Search from `start`, with momentum that is dropped when it leads uphill."""
    steep = loss.curvature * largest_square(x) / len(x)
    ridge, cut = strength * (1 - l1), strength * l1
    w, b = start.weights, start.intercept
    eta = x @ w + b
    pulled_w, pulled_b, pulled_eta, momentum = w, b, eta, 1.0
    for _ in range(most):
        slope = loss.slope(pulled_eta)
        down_w = x.T @ slope + ridge * pulled_w
        down_b = slope.sum(axis=0) if loss.intercept else np.zeros_like(b)
        level = loss.value(pulled_eta) + ridge / 2 * float((pulled_w**2).sum())
        while True:
            pace = 1.0 / (steep + ridge)
            raw = pulled_w - pace * down_w
            new_w = np.sign(raw) * np.maximum(np.abs(raw) - pace * cut, 0.0)
            new_b = pulled_b - pace * down_b
            new_eta = x @ new_w + new_b
            step_w, step_b = new_w - pulled_w, new_b - pulled_b
            reached = loss.value(new_eta) + ridge / 2 * float((new_w**2).sum())
            bound = level + float((down_w * step_w).sum() + down_b @ step_b)
            bound += (float((step_w**2).sum()) + float((step_b**2).sum())) / (2 * pace)
            if reached <= bound + 1e-10 * max(abs(level), 1.0):
                break
            steep *= 2.0
        moved = float(np.abs(new_eta - eta).max())
        if float((step_w * (new_w - w)).sum() + step_b @ (new_b - b)) < 0:
            momentum = 1.0  # the step and the way taken disagree: start the momentum anew
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        carry = (momentum - 1) / following
        pulled_w, pulled_b = new_w + carry * (new_w - w), new_b + carry * (new_b - b)
        pulled_eta = new_eta + carry * (new_eta - eta)
        w, b, eta, momentum = new_w, new_b, new_eta, following
        if moved <= tolerance * max(float(eta.std()), 0.1 * loss.unit):
            break
    return Weights(weights=w, intercept=b)
