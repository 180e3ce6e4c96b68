"""Interval of an AUC with one exam a patient, and the covariance of several AUCs on the same patients.

In:   scores and truth, one case a patient.
Out:  AUC, its variance, Interval in [0, 1]; never of zero width.
Not:  not for several cases a patient (patient_bootstrap.py). The paired test is in tests_of_difference/paired_delong.py.
Reference: DeLong, DeLong & Clarke-Pearson, Biometrics 1988; 44:837. Midranks: Sun & Xu, IEEE Signal Process Lett 2014; 21:1389.
    Logit scale: Pepe, The Statistical Evaluation of Medical Tests, 2003, section 5.2. Score interval for perfect or tiny samples:
    Newcombe, Stat Med 2006; 25:559 (method 5).
Differs: the interval is made on the logit scale with Student's quantile (Welch's degrees of freedom of the two parts of the
    variance), so that it stays inside [0, 1] and covers better near 1. With fewer than 100 cases in a class it is never narrower
    than Newcombe's at either end: 20 positives may all lie high by luck, and then DeLong's variance is far too small (coverage 79 %
    at AUC 0.97 with 20 positives that vary twice as much as 180 negatives; with Newcombe's ends 98 %). Where the variance is zero
    Newcombe's interval stands alone. benchmarks/interval_coverage.py prints the coverage.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtri
from scipy.stats import rankdata
from scipy.stats import t as student

from isocenter.core.record import Record
from isocenter.metrics.estimates.interval import LEVEL, Interval


class AucCovariance(Record):
    """Several AUCs on the same patients."""

    aucs: NDArray[np.float64]
    """(M,)."""
    covariance: NDArray[np.float64]
    """(M, M); NaN with fewer than two positives or negatives."""
    positives: int
    negatives: int
    freedom: float
    """Welch's degrees of freedom of the variance of the first AUC."""


_FEW = 100


def auc_covariance(scores: NDArray[np.floating], positive: NDArray[np.bool_]) -> AucCovariance:
    """Return the AUCs of M scorings of the same cases, and DeLong's covariance.

    scores   : (M, N), finite
    positive : (N,) bool
    """
    table = np.atleast_2d(np.asarray(scores, float))
    pos, neg = table[:, positive], table[:, ~positive]
    m, n = pos.shape[1], neg.shape[1]
    if m == 0 or n == 0:
        nothing = np.full(len(table), np.nan)
        return AucCovariance(
            aucs=nothing, covariance=np.full((len(table),) * 2, np.nan), positives=m, negatives=n, freedom=math.nan
        )
    ranks = rankdata(np.concatenate([pos, neg], axis=1), axis=1)
    above = (ranks[:, :m] - rankdata(pos, axis=1)) / n  # (M, m): share of negatives below each positive
    below = 1.0 - (ranks[:, m:] - rankdata(neg, axis=1)) / m  # (M, n): share of positives above each negative
    covariance = np.full((len(table),) * 2, np.nan)
    freedom = math.nan
    if m > 1 and n > 1:
        of_positives, of_negatives = np.atleast_2d(np.cov(above)) / m, np.atleast_2d(np.cov(below)) / n
        covariance = of_positives + of_negatives
        parts = float(of_positives[0, 0] ** 2 / (m - 1) + of_negatives[0, 0] ** 2 / (n - 1))
        freedom = float(covariance[0, 0]) ** 2 / parts if parts > 0 else math.nan
    return AucCovariance(aucs=above.mean(axis=1), covariance=covariance, positives=m, negatives=n, freedom=freedom)


def delong(scores: NDArray[np.floating], positive: NDArray[np.bool_], *, level: float = LEVEL) -> Interval:
    """Return the interval of the AUC of one scoring (N,). NaN ends when a class is absent."""
    result = auc_covariance(scores, positive)
    value, variance = float(result.aucs[0]), float(result.covariance[0, 0])
    if math.isnan(value):
        return Interval(low=math.nan, high=math.nan, kind="none: one class only")
    if not variance > 1e-12 or not 0.0 < value < 1.0:
        return newcombe(value, result.positives, result.negatives, level=level)
    half = float(student.ppf(0.5 + level / 2, result.freedom)) * math.sqrt(variance) / (value * (1.0 - value))
    low, high, kind = float(expit(logit(value) - half)), float(expit(logit(value) + half)), "DeLong (logit)"
    if min(result.positives, result.negatives) < _FEW:
        score = newcombe(value, result.positives, result.negatives, level=level)
        low, high, kind = min(low, score.low), max(high, score.high), "DeLong (logit), not inside Newcombe's"
    return Interval(low=low, high=high, kind=kind)


def newcombe(value: float, positives: int, negatives: int, *, level: float = LEVEL) -> Interval:
    """Return Newcombe's score interval of an AUC: the AUCs from which the observed one is no further than z standard errors.

    Needs only the AUC and the counts, and has width also at 0 and 1. NaN ends when a class is absent.
    """
    if positives == 0 or negatives == 0:
        return Interval(low=math.nan, high=math.nan, kind="none: one class only")
    z = float(ndtri(0.5 + level / 2))

    def excess(theta: float) -> float:
        return abs(value - theta) - z * math.sqrt(hanley_variance(theta, positives, negatives))

    edge = 1e-9  # at 0 and 1 the variance is 0, which solves the equation trivially
    inner = min(max(value, edge), 1.0 - edge)
    low = 0.0 if value <= edge else brentq(excess, edge, inner)
    high = 1.0 if value >= 1.0 - edge else brentq(excess, inner, 1.0 - edge)
    return Interval(low=float(low), high=float(high), kind="Newcombe (AUC, score)")


def hanley_variance(auc: float, positives: int, negatives: int) -> float:
    """Return the variance of an AUC when both classes are spread alike: Hanley & McNeil as smoothed by Newcombe 2006."""
    half = (positives + negatives) / 2.0 - 1.0
    spread = 1.0 + half * ((1.0 - auc) / (2.0 - auc) + auc / (1.0 + auc))
    return max(0.0, auc * (1.0 - auc) * spread / (positives * negatives))
