"""Interval of an AUC when patients have several cases: Obuchowski's variance of clustered ROC data.

In:   scores and truth of every case, the patient of each.
Out:  the variance, Interval in [0, 1]; never of zero width.
Not:  DeLong's where each patient has one case (delong.py), to which this is then equal. The difference of two AUCs is in
    tests_of_difference/clustered_auc.py.
Reference: Obuchowski, Biometrics 1997; 53:567.
Differs: on the logit scale with Student's quantile, as in delong.py; with few patients never inside Newcombe's score interval for
    the effective numbers of positives and negatives, which are those of cases divided by the design effect.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit
from scipy.stats import rankdata
from scipy.stats import t as student

from isocenter.core.record import Record
from isocenter.metrics.estimates.delong import auc_covariance, newcombe
from isocenter.metrics.estimates.interval import LEVEL, Interval, no_interval
from isocenter.metrics.estimates.resampling import patient_codes

_FEW = 100


class ClusteredAuc(Record):
    """An AUC with its variance over patients."""

    auc: float
    variance: float
    """NaN with fewer than two patients that have positives, or that have negatives."""
    with_positives: int
    """Patients that have a positive case."""
    with_negatives: int
    freedom: float
    """Welch's degrees of freedom of the two parts of the variance."""


def clustered_auc(
    scores: NDArray[np.floating], positive: NDArray[np.bool_], patients: Sequence[Any] | NDArray[Any]
) -> ClusteredAuc:
    """Return the AUC over all pairs of cases, and Obuchowski's variance.

    scores   : (N,), finite
    positive : (N,) bool
    patients : (N,)
    """
    score, sign, codes = np.asarray(scores, float), np.asarray(positive, bool), patient_codes(patients)
    m, n = int(sign.sum()), int((~sign).sum())
    of_positive = int(np.unique(codes[sign]).size) if m else 0
    of_negative = int(np.unique(codes[~sign]).size) if n else 0
    if m == 0 or n == 0:
        return ClusteredAuc(
            auc=math.nan, variance=math.nan, with_positives=of_positive, with_negatives=of_negative, freedom=math.nan
        )
    ranks = rankdata(score)
    above = (ranks[sign] - rankdata(score[sign])) / n  # (m,) share of negatives below each positive
    below = 1.0 - (ranks[~sign] - rankdata(score[~sign])) / m  # (n,) share of positives above each negative
    value = float(above.mean())
    count = int(codes.max()) + 1
    of_m = np.bincount(codes[sign], weights=above - value, minlength=count)  # (P,) each patient's sum about the AUC
    of_n = np.bincount(codes[~sign], weights=below - value, minlength=count)
    variance = freedom = math.nan
    if of_positive > 1 and of_negative > 1:
        one = of_positive / (of_positive - 1) * float((of_m**2).sum()) / m**2
        other = of_negative / (of_negative - 1) * float((of_n**2).sum()) / n**2
        both = count / (count - 1) * float((of_m * of_n).sum()) / (m * n)
        variance = max(0.0, one + other + 2.0 * both)
        parts = one**2 / (of_positive - 1) + other**2 / (of_negative - 1)
        freedom = (one + other) ** 2 / parts if parts > 0 else math.nan
    return ClusteredAuc(auc=value, variance=variance, with_positives=of_positive, with_negatives=of_negative, freedom=freedom)


def clustered_auc_interval(
    scores: NDArray[np.floating],
    positive: NDArray[np.bool_],
    patients: Sequence[Any] | NDArray[Any],
    *,
    level: float = LEVEL,
) -> Interval:
    """Return the interval of an AUC over cases of several a patient. NaN ends when a class is absent or in one patient alone.

    scores   : (N,), finite
    positive : (N,) bool
    patients : (N,)
    level    : 0.95, but for tests
    """
    found = clustered_auc(scores, positive, patients)
    sign = np.asarray(positive, bool)
    if math.isnan(found.auc):
        return no_interval("one class only")
    if not 0.0 < found.auc < 1.0 or found.variance <= 1e-12:
        return newcombe(found.auc, found.with_positives, found.with_negatives, level=level)
    if math.isnan(found.variance):
        return no_interval("a class is in one patient alone")
    half = float(student.ppf(0.5 + level / 2, found.freedom)) * math.sqrt(found.variance) / (found.auc * (1.0 - found.auc))
    low, high = float(expit(logit(found.auc) - half)), float(expit(logit(found.auc) + half))
    if min(found.with_positives, found.with_negatives) < _FEW:
        alone = float(auc_covariance(scores, sign).covariance[0, 0])
        design = max(1.0, found.variance / alone) if alone > 0 else 1.0
        cases = [max(1, round(c / design)) for c in (int(sign.sum()), int((~sign).sum()))]
        score = newcombe(found.auc, *cases, level=level)
        low, high = min(low, score.low), max(high, score.high)
    return Interval(low=low, high=high, kind="Obuchowski, clustered (logit)")
