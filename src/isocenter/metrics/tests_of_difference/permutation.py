"""Sign-flip permutation over patients: could two models that are alike give differences this large?

In:   the difference of two answers in every case, the patient of each.
Out:  two-sided p; or the effect with its interval and p (`compare_means`).
Not:  no AUC (paired_delong.py), no claim about methods (nadeau_bengio.py).
Reference: Fisher, The Design of Experiments, 1935, section 21. Monte Carlo p: Phipson & Smyth, Stat Appl Genet Mol Biol 2010; 9:39.
"""

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.estimates.interval import Interval, no_interval
from isocenter.metrics.estimates.mean import LEAST_PATIENTS, noted
from isocenter.metrics.estimates.patient_bootstrap import bootstrap_mean
from isocenter.metrics.estimates.resampling import patient_codes

_EXACT_PATIENTS = 15
_DRAWS = 9_999
_TIE = 1e-12


class Difference(Record):
    """How two answers differ on the same cases: the effect first."""

    effect: float
    """Mean of first minus second over the cases both answered."""
    interval: Interval
    p: float
    """Two-sided; NaN below 10 patients."""
    test: str
    patients: int
    cases: int


def sign_flip(
    differences: ArrayLike, patients: Sequence[Any] | NDArray[Any], *, rng: np.random.Generator, draws: int = _DRAWS
) -> float:
    """Return the two-sided p of a mean difference of 0.

    Under the hypothesis each patient's differences (all of them together) could as well have the other sign.

    Parameters
    ----------
    differences : (N,)
        First minus second in each case; NaN is left out.
    patients : (N,)
        The patient of each case. StudyError if the lengths differ.
    rng : Generator
        Used above 15 patients; below, every pattern of signs is tried.
    draws : int
        Random patterns above 15 patients; p is never below 1 / (draws + 1).

    Returns
    -------
    p in (0, 1]; NaN without cases.
    """
    every, people = np.asarray(differences, float).reshape(-1), np.asarray(patients, dtype=str).reshape(-1)
    if every.size != people.size:
        raise StudyError(f"expected one patient a difference, got {every.size} differences and {people.size} patients.")
    known = np.isfinite(every)
    if not known.any():
        return math.nan
    total = np.bincount(patient_codes(people[known]), weights=every[known])  # (P,)
    observed = abs(total.sum()) - _TIE * np.abs(total).sum()
    if total.size <= _EXACT_PATIENTS:
        signs = np.array(list(product((-1.0, 1.0), repeat=total.size)))
        return float(np.mean(np.abs(signs @ total) >= observed))
    signs = rng.integers(0, 2, (draws, total.size)) * 2.0 - 1.0
    extreme = int(np.count_nonzero(np.abs(signs @ total) >= observed))
    return (extreme + 1) / (draws + 1)


def compare_means(
    first: ArrayLike, second: ArrayLike, patients: Sequence[Any] | NDArray[Any], *, rng: np.random.Generator
) -> Difference:
    """Return the mean of first minus second over the cases both have, its interval over patients, and the sign-flip p.

    first, second : (N,), NaN where one could not be measured: such cases are left out of both.
    """
    gap = np.asarray(first, float).reshape(-1) - np.asarray(second, float).reshape(-1)
    people = np.asarray(patients, dtype=str).reshape(-1)
    known = np.isfinite(gap)
    gap, people = gap[known], people[known]
    count = len(np.unique(people))
    if gap.size == 0 or np.ptp(gap) == 0:
        interval = no_interval("all differences are equal")
    else:
        interval = bootstrap_mean(gap, people, rng=rng)
    return Difference(
        effect=float(gap.mean()) if gap.size else math.nan,
        interval=noted(interval, count),
        p=sign_flip(gap, people, rng=rng) if count >= LEAST_PATIENTS else math.nan,
        test="sign-flip permutation over patients",
        patients=count,
        cases=int(gap.size),
    )
