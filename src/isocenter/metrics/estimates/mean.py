"""A mean over cases with the interval PROTOCOLS asks for.

In:   one value a case (NaN = not measurable), the patient of each.
Out:  core Estimate: value, interval and its kind, patients, cases, excluded.
Not:  no cohort metrics (cohort.py), no reading of runs.
Reference: docs/explanation/intervals.md says which interval is chosen when, and why.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocenter.core.errors import StudyError
from isocenter.core.estimate import Estimate
from isocenter.metrics.estimates.interval import Interval, no_interval
from isocenter.metrics.estimates.patient_bootstrap import DRAWS, bootstrap_mean
from isocenter.metrics.estimates.resampling import patient_codes
from isocenter.metrics.estimates.wilson import wilson

LEAST_PATIENTS = 10
"""Below, the points are listed: no interval, no claim."""
FEW_PATIENTS = 20
"""Below, the interval carries a note."""


def estimate_mean(
    values: ArrayLike,
    patients: Sequence[Any] | NDArray[Any],
    *,
    name: str,
    unit: str,
    rng: np.random.Generator,
    draws: int = DRAWS,
    group: str = "all",
    who: str = "model",
    part: str = "tune",
    target: str = "",
) -> Estimate:
    """Return the mean over the cases that could be measured.

    Parameters
    ----------
    values : (N,)
        One a case; NaN = not measurable, counted in `excluded` and left out of the mean.
    patients : (N,)
        The patient of each case. StudyError if the lengths differ.
    name, unit : str
        Of the quantity; copied into the Estimate.
    rng : Generator
        For the resampling.
    draws : int
        Resamples.
    group, who, part, target : str
        Copied into the Estimate.

    Returns
    -------
    Estimate; value NaN without measured cases. The interval is Wilson's when every value is 0 or 1 and each patient has one
    case, else the bootstrap over patients; NaN below 10 patients; noted "small n" below 20; never of zero width.
    """
    every = np.asarray(values, float).reshape(-1)
    people = np.asarray(patients, dtype=str).reshape(-1)
    if every.size != people.size:
        raise StudyError(f"expected one patient a value, got {every.size} values and {people.size} patients.")
    known = np.isfinite(every)
    measured, codes = every[known], patient_codes(people[known])
    count = int(codes.max()) + 1 if codes.size else 0
    interval = noted(_interval_of_mean(measured, codes, count, rng, draws), count)
    return Estimate(
        name=name,
        value=float(measured.mean()) if measured.size else float("nan"),
        unit=unit,
        ci95=interval.ends,
        interval=interval.kind,
        patients=count,
        cases=int(measured.size),
        excluded=int(every.size - measured.size),
        group=group,
        who=who,
        part=part,
        target=target,
    )


def noted(interval: Interval, patients: int) -> Interval:
    """Return the interval as it may be printed for this many patients: none below 10, with a note below 20."""
    if patients < LEAST_PATIENTS:
        return no_interval(f"{patients} patients, fewer than {LEAST_PATIENTS}")
    if patients < FEW_PATIENTS and np.isfinite(interval.low):
        return Interval(low=interval.low, high=interval.high, kind=f"{interval.kind}; small n")
    return interval


def _interval_of_mean(
    values: NDArray[np.float64], codes: NDArray[np.intp], patients: int, rng: np.random.Generator, draws: int
) -> Interval:
    if patients < LEAST_PATIENTS:
        return no_interval("too few patients")
    binary = bool(np.isin(values, (0.0, 1.0)).all())
    if binary and patients == values.size:
        return wilson(float(values.sum()), patients)
    if np.ptp(values) == 0:
        return unvaried(float(values[0]), patients)
    return bootstrap_mean(values, codes, rng=rng, draws=draws)


def unvaried(value: float, patients: int) -> Interval:
    """Return the interval of a share that is 0 or 1 in every patient: Wilson's with patients as trials; else none."""
    if value in (0.0, 1.0):
        exact = wilson(value * patients, patients)
        return Interval(low=exact.low, high=exact.high, kind="Wilson over patients (all cases agree)")
    return no_interval("all values are equal")
