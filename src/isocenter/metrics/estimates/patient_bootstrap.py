"""Bootstrap over patients of any statistic that takes case weights.

In:   a statistic (B, N) -> (B,), the patient of every case, a generator.
Out:  Interval. Deterministic for a given generator state.
Not:  no decision whether a bootstrap is the right interval (estimate.py).
Reference: Davison & Hinkley 1997, section 3.8; Efron 1987 (bca.py).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.metrics.estimates.bca import bca_interval, effective_patients
from isocenter.metrics.estimates.interval import LEVEL, Interval
from isocenter.metrics.estimates.resampling import jackknife_weights, patient_codes, resampled_weights

DRAWS = 2000

Statistic = Callable[[NDArray[np.float64]], NDArray[np.floating]]
"""Weights (B, N), a resample a row -> values (B,)."""


def patient_bootstrap(
    statistic: Statistic,
    patients: Sequence[Any] | NDArray[Any],
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> Interval:
    """Return the 95 % interval of a statistic by resampling whole patients.

    Parameters
    ----------
    statistic : weights (B, N) -> (B,)
        NaN where a resample lacks what it needs; such draws are left out.
    patients : (N,)
        The patient of each case; cases of one patient are drawn together.
    rng : Generator
        For the resampling.
    draws : int
        Resamples.
    level : float in (0, 1)
        0.95, but for tests.

    Returns
    -------
    Interval; NaN ends without cases or when the statistic is NaN on all of them.
    """
    codes = patient_codes(patients)
    if codes.size == 0:
        return Interval(low=np.nan, high=np.nan, kind="none: no cases")
    value = float(statistic(np.ones((1, codes.size)))[0])
    drawn = _evaluate(statistic, resampled_weights(codes, draws, rng))
    left_out = _evaluate(statistic, jackknife_weights(codes))
    return bca_interval(value, drawn, left_out, effective=effective_patients(codes), level=level)


def bootstrap_mean(
    values: NDArray[np.floating],
    patients: Sequence[Any] | NDArray[Any],
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> Interval:
    """Return the interval of the mean over cases. Equals `patient_bootstrap` of it, but adds up each patient only once.

    values : (N,), finite
    """
    codes = patient_codes(patients)
    if codes.size == 0:
        return Interval(low=np.nan, high=np.nan, kind="none: no cases")
    total = np.bincount(codes, weights=np.asarray(values, float))  # (P,)
    cases = np.bincount(codes).astype(float)

    def mean(weights: NDArray[np.float64]) -> NDArray[np.floating]:
        drawn: NDArray[np.floating] = (weights @ total) / (weights @ cases)
        return drawn

    one_each = np.arange(total.size)
    drawn = _evaluate(mean, resampled_weights(one_each, draws, rng))
    with np.errstate(invalid="ignore"):
        left_out = (total.sum() - total) / (cases.sum() - cases)
    value = float(total.sum() / cases.sum())
    return bca_interval(value, drawn, left_out, effective=effective_patients(codes), level=level)


def _evaluate(statistic: Statistic, blocks: Iterable[NDArray[np.float64]]) -> NDArray[np.floating]:
    return np.concatenate([np.asarray(statistic(block), float) for block in blocks])
