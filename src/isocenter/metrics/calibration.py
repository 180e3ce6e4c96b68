"""Do probabilities mean what they say: Brier score, recalibration slope and intercept, calibration error, for many weightings.

In:   probability (N,) in [0, 1] and truth (N,) of one outcome, weights (B, N).
Out:  numbers (B,).
Not:  nothing is mended here (temperature.py); no drawing (figures/charts/calibration.py).
Reference: Brier, Mon Weather Rev 1950; 78:1. Cox, Biometrika 1958; 45:562 (slope). Van Calster et al., J Clin Epidemiol 2016;
    74:167 (intercept with the slope held at 1). Nixon et al., CVPR Workshops 2019, arXiv:1904.01685 (bins of equal mass).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from isocenter.metrics.ratio import ratio

_EDGE = 1e-6
_STEPS = 60
_FAR = 30.0
_SMALL = 1e-9
_MOST_BINS = 10
_CASES_A_BIN = 10


def brier(probability: NDArray[np.floating], positive: NDArray[np.bool_], weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the mean squared distance of the probability from 0 or 1, in [0, 1]; NaN without cases."""
    w = np.asarray(weights, float)
    return ratio(w @ (np.asarray(probability, float) - positive) ** 2, w.sum(axis=1))


def calibration_slope(
    probability: NDArray[np.floating], positive: NDArray[np.bool_], weights: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return b of logit P(positive) = a + b logit(probability): 1 = right, below 1 = too sure of itself.

    Probabilities are held 1e-6 away from 0 and 1. NaN where the classes are separated, or one is absent, or nothing varies.
    """
    x = logit(np.clip(np.asarray(probability, float), _EDGE, 1.0 - _EDGE))
    return _logistic(x, positive, np.asarray(weights, float))


def calibration_intercept(
    probability: NDArray[np.floating], positive: NDArray[np.bool_], weights: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return a of logit P(positive) = a + logit(probability): 0 = right on average, above 0 = risk stated too low.

    NaN where one class is absent.
    """
    x = logit(np.clip(np.asarray(probability, float), _EDGE, 1.0 - _EDGE))
    w, y = np.asarray(weights, float), np.asarray(positive, float)
    level = np.zeros(len(w))
    for _ in range(_STEPS):
        p = expit(x[None, :] + level[:, None])  # (B, N)
        gradient, curve = (w * (y - p)).sum(axis=1), (w * p * (1.0 - p)).sum(axis=1)
        step = np.clip(np.divide(gradient, curve, out=np.zeros_like(curve), where=curve > 0), -2.0, 2.0)
        level += step
        if np.abs(step).max(initial=0.0) < _SMALL:
            break
    both = (w @ y > 0) & (w @ (1.0 - y) > 0)
    result: NDArray[np.float64] = np.where(both, level, np.nan)
    return result


def expected_calibration_error(
    probability: NDArray[np.floating], positive: NDArray[np.bool_], weights: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return the mean distance of the stated from the seen share over bins of equal mass, in [0, 1]; NaN without cases.

    2 to 10 bins, one for every 10 cases; equal probabilities share a bin. With few cases it is above 0 also for probabilities that
    are right, since the seen shares scatter: compare it with another model's on the same cases, not with 0.
    """
    w, p = np.asarray(weights, float), np.asarray(probability, float)
    if p.size == 0:
        return np.full(len(w), np.nan)
    order = np.argsort(p, kind="stable")
    starts = np.flatnonzero(np.concatenate([[True], np.diff(p[order]) > 0]))  # of each group of equal probabilities
    values, ranked = p[order][starts], w[:, order]
    mass = np.add.reduceat(ranked, starts, axis=1)  # (B, groups)
    seen = np.add.reduceat(ranked * np.asarray(positive, float)[order], starts, axis=1)
    total = mass.sum(axis=1)
    bins = np.clip(total // _CASES_A_BIN, 2, _MOST_BINS)
    middle = np.cumsum(mass, axis=1) - mass / 2
    share = np.divide(middle, total[:, None], out=np.zeros_like(middle), where=total[:, None] > 0)
    chosen = np.minimum(np.floor(share * bins[:, None]), bins[:, None] - 1)
    gap = np.zeros(len(w))
    for k in range(_MOST_BINS):
        inside = chosen == k
        gap += np.abs((np.where(inside, seen - mass * values, 0.0)).sum(axis=1))
    return ratio(gap, total)


def _logistic(x: NDArray[np.float64], positive: NDArray[np.bool_], w: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the slope of a weighted logistic regression of the outcome on x, by Newton's method on all rows at once."""
    y = np.asarray(positive, float)
    # x is centered and scaled: the steps are then of one size whatever the probabilities are.
    scale = float(x.std()) if x.size else 0.0
    if not scale > _SMALL:
        return np.full(len(w), np.nan)
    z = (x - x.mean()) / scale
    level, slope = np.zeros(len(w)), np.zeros(len(w))
    step = np.full(len(w), np.inf)
    for _ in range(_STEPS):
        p = expit(level[:, None] + slope[:, None] * z)  # (B, N)
        rest, curve = w * (y - p), w * p * (1.0 - p)
        g0, g1 = rest.sum(axis=1), rest @ z
        h00, h01, h11 = curve.sum(axis=1), curve @ z, curve @ (z * z)
        det = h00 * h11 - h01**2
        solvable = det > 1e-12 * np.maximum(h00 * h11, 1e-300)
        safe = np.where(solvable, det, 1.0)
        d0 = np.where(solvable, (h11 * g0 - h01 * g1) / safe, 0.0)
        d1 = np.where(solvable, (h00 * g1 - h01 * g0) / safe, 0.0)
        shrink = np.minimum(1.0, 3.0 / np.maximum(np.abs(d0) + np.abs(d1), _SMALL))
        level, slope = level + shrink * d0, slope + shrink * d1
        step = np.where(solvable, np.abs(d0) + np.abs(d1), np.inf)
        if (step[np.abs(slope) < _FAR] < _SMALL).all() and solvable.any():
            break
    fitted = (step < 1e-6) & (np.abs(slope) < _FAR)
    return np.where(fitted, slope / scale, np.nan)
