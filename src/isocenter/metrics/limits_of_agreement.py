"""Bland and Altman's limits of agreement: within which distance do two ways of measuring lie, for 95 % of cases?

In:   two measurements of each case, the patient of each.
Out:  bias and limits, each with its interval, and the SD the limits are made of.
Not:  no drawing (figures/charts/agreement.py); no ICC (intraclass.py).
Reference: Bland & Altman, Lancet 1986; 327:307. Exact intervals of the limits from the noncentral t distribution: Carkeet, Optom
    Vis Sci 2015; 92:e71. Several measurements a patient: Bland & Altman, J Biopharm Stat 2007; 17:571 (section 3), with the
    intervals of Zou, Stat Methods Med Res 2013; 22:630 (variance recovered from the intervals of its parts).
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2, nct
from scipy.stats import t as student

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.amount_agreement import Z
from isocenter.metrics.estimates.interval import LEVEL, Interval, no_interval
from isocenter.metrics.estimates.mean import noted
from isocenter.metrics.estimates.resampling import patient_codes


class Agreement(Record):
    """Bias and limits of second minus first, in their unit."""

    bias: float
    bias_interval: Interval
    deviation: float
    """SD of a difference."""
    lower: float
    """Bias - 1.96 SD."""
    lower_interval: Interval
    upper: float
    upper_interval: Interval
    patients: int
    cases: int


def limits_of_agreement(
    first: ArrayLike, second: ArrayLike, patients: Sequence[Any] | NDArray[Any] | None = None, *, level: float = LEVEL
) -> Agreement:
    """Return how far second lies from first.

    Parameters
    ----------
    first, second : (N,)
        Of the same cases; a case with a NaN is left out. StudyError if the lengths differ.
    patients : (N,), or None
        The patient of each case; None = every case is another's.
    level : float in (0, 1)
        0.95, but for tests.

    Returns
    -------
    Agreement. One case a patient: Student's interval of the bias, exact ones of the limits, for normal differences. Several: the
    variance is that between patients plus that within, and the limits hold for one further case of another patient. Intervals NaN
    below 10 patients.
    """
    one, other = np.asarray(first, float).reshape(-1), np.asarray(second, float).reshape(-1)
    people = np.arange(one.size).astype(str) if patients is None else np.asarray(patients, dtype=str).reshape(-1)
    if not one.size == other.size == people.size:
        raise StudyError(f"expected two measurements and a patient a case, got {one.size}, {other.size} and {people.size}.")
    gap = other - one
    known = np.isfinite(gap)
    gap, codes = gap[known], patient_codes(people[known])
    count = int(codes.max()) + 1 if codes.size else 0
    if count < 2:
        bias = float(gap.mean()) if gap.size else math.nan
        none = no_interval(f"{count} patients, fewer than 10")
        return Agreement(
            bias=bias,
            bias_interval=none,
            deviation=math.nan,
            lower=math.nan,
            lower_interval=none,
            upper=math.nan,
            upper_interval=none,
            patients=count,
            cases=int(gap.size),
        )
    return _single(gap, level) if count == gap.size else _clustered(gap, codes, count, level)


def _single(gap: NDArray[np.float64], level: float) -> Agreement:
    n = gap.size
    bias, deviation = float(gap.mean()), float(gap.std(ddof=1))
    error = deviation / math.sqrt(n)
    half = float(student.ppf(0.5 + level / 2, n - 1)) * error
    # A limit is a quantile of a normal distribution: (bias + z SD) has a noncentral t interval.
    near, far = (float(nct.ppf(q, n - 1, Z * math.sqrt(n))) * error for q in ((1 - level) / 2, 0.5 + level / 2))
    kind = "exact (noncentral t)"
    return Agreement(
        bias=bias,
        bias_interval=noted(Interval(low=bias - half, high=bias + half, kind="Student's t"), n),
        deviation=deviation,
        lower=bias - Z * deviation,
        lower_interval=noted(Interval(low=bias - far, high=bias - near, kind=kind), n),
        upper=bias + Z * deviation,
        upper_interval=noted(Interval(low=bias + near, high=bias + far, kind=kind), n),
        patients=n,
        cases=n,
    )


def _clustered(gap: NDArray[np.float64], codes: NDArray[np.intp], count: int, level: float) -> Agreement:
    """Return limits for patients with several cases; the mean is that of the patients' means, so that no patient outweighs."""
    cases = np.bincount(codes).astype(float)
    means = np.bincount(codes, weights=gap) / cases
    freedom = float(gap.size - count)
    within = float(((gap - means[codes]) ** 2).sum()) / freedom
    of_means, harmonic = float(means.var(ddof=1)), count / float((1.0 / cases).sum())
    # A single case varies by the spread of the patients' means, plus what averaging took away from within.
    rest = (1.0 - 1.0 / harmonic) * within
    variance = of_means + rest
    bias, error = float(means.mean()), math.sqrt(of_means / count)
    tails = (0.5 + level / 2, (1 - level) / 2)
    t = float(student.ppf(tails[0], count - 1))
    (low_m, high_m), (low_w, high_w) = ([(f / float(chi2.ppf(q, f)) - 1.0) for q in tails] for f in (float(count - 1), freedom))
    below = variance - math.hypot(of_means * low_m, rest * low_w)
    above = variance + math.hypot(of_means * high_m, rest * high_w)
    deviation = math.sqrt(variance)
    # The limit's interval is recovered from those of the bias and of z SD.
    inner = math.hypot(t * error, Z * (deviation - math.sqrt(max(below, 0.0))))
    outer = math.hypot(t * error, Z * (math.sqrt(above) - deviation))
    kind = "recovered variance, clustered"
    lower, upper = bias - Z * deviation, bias + Z * deviation
    return Agreement(
        bias=bias,
        bias_interval=noted(Interval(low=bias - t * error, high=bias + t * error, kind="Student's t over patients"), count),
        deviation=deviation,
        lower=lower,
        lower_interval=noted(Interval(low=lower - outer, high=lower + inner, kind=kind), count),
        upper=upper,
        upper_interval=noted(Interval(low=upper - inner, high=upper + outer, kind=kind), count),
        patients=count,
        cases=int(gap.size),
    )
