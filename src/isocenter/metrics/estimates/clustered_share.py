"""Interval of a proportion when patients have several cases: the ratio estimator's variance, made into Wilson's interval.

In:   yes or no for every case, the patient of each.
Out:  Interval in [0, 1]; never of zero width.
Not:  Wilson's alone where each patient has one case (wilson.py). The bootstrap over patients serves any number.
Reference: Obuchowski, Stat Med 1998; 17:1495 and Rao & Scott, Biometrics 1992; 48:577 (variance of a clustered proportion). Korn &
    Graubard, Survey Methodology 1998; 24:193 (effective number of trials, lowered for few clusters).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from scipy.stats import t as student

from isocenter.core.errors import StudyError
from isocenter.metrics.estimates.interval import LEVEL, Interval, no_interval
from isocenter.metrics.estimates.resampling import patient_codes
from isocenter.metrics.estimates.wilson import wilson


def share_variance(successes: ArrayLike, patients: Sequence[Any] | NDArray[Any]) -> float:
    """Return the variance of a share of cases, cases of one patient taken to be alike: NaN below two patients.

    successes : (N,) bool or 0 and 1
    patients  : (N,)
    """
    hit, codes = np.asarray(successes, float), patient_codes(patients)
    of_patient, cases = np.bincount(codes, weights=hit), np.bincount(codes).astype(float)
    count = of_patient.size
    if count < 2:
        return float("nan")
    residual = of_patient - hit.mean() * cases
    return float(count / (count - 1) * (residual**2).sum() / cases.sum() ** 2)


def share_interval(successes: ArrayLike, patients: Sequence[Any] | NDArray[Any], *, level: float = LEVEL) -> Interval:
    """Return the interval of a share of cases.

    Parameters
    ----------
    successes : (N,)
        bool, or 0 and 1. StudyError for anything else.
    patients : (N,)
        The patient of each case. StudyError if the lengths differ.
    level : float in (0, 1)
        0.95, but for tests.

    Returns
    -------
    Wilson's with one case a patient, and, with patients as trials, where all cases agree. Else Wilson's with the effective number
    of trials p (1 - p) / variance, at most the number of cases, lowered by (z / t)^2 for few patients. NaN ends without cases.
    """
    hit, people = np.asarray(successes, float).reshape(-1), np.asarray(patients, dtype=str).reshape(-1)
    if hit.size != people.size or not np.isin(hit, (0.0, 1.0)).all():
        raise StudyError(f"expected one patient a case and values of 0 or 1, got {hit.size} values and {people.size} patients.")
    if hit.size == 0:
        return no_interval("no cases")
    count = len(np.unique(people))
    share = float(hit.mean())
    if count == hit.size:
        return wilson(float(hit.sum()), count, level=level)
    if share in (0.0, 1.0):
        exact = wilson(share * count, count, level=level)
        return Interval(low=exact.low, high=exact.high, kind="Wilson over patients (all cases agree)")
    variance = share_variance(hit, people)
    if not np.isfinite(variance):
        return no_interval("one patient")
    trials = share * (1.0 - share) / variance if variance > 0 else float(hit.size)
    few = (float(ndtri(0.5 + level / 2)) / float(student.ppf(0.5 + level / 2, count - 1))) ** 2
    trials = float(np.clip(trials, 1.0, hit.size)) * few
    made = wilson(share * trials, trials, level=level)
    return Interval(low=made.low, high=made.high, kind="Wilson, clustered (ratio estimator)")
