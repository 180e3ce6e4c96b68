"""How a quantity goes with covariates: linear regression with everything in standard deviations.

In:   an outcome (N,), a design (N, K) of covariates by name, the patient of each case.
Out:  a slope a covariate with its interval and p, errors clustered by patient; the slopes for many weightings.
Not:  no cause: a slope is what remains beside the other covariates named, nothing more.

Reference: Liang & Zeger, Biometrika 1986; 73:13-22 (errors of clustered cases); statsmodels (Seabold & Perktold, SciPy 2010).
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.estimates.mean import LEAST_PATIENTS
from isocenter.metrics.estimates.resampling import patient_codes

Floats = NDArray[np.float64]
SPARE = 3
"""Patients there must be beyond the number of slopes."""


class Slope(Record):
    """One covariate."""

    name: str
    value: float
    """Standard deviations of the outcome per standard deviation of the covariate; a class counts as 0 or 1 before."""
    ci95: tuple[float, float]
    p: float
    patients: int
    cases: int


def design_of(rows: Sequence[Mapping[str, float | str]], names: Sequence[str]) -> dict[str, Floats]:
    """Return covariates (N,) by name: numbers as they are, words as one column of 0 and 1 a word but the first; NaN = missing.

    A covariate that does not vary is left out.
    """
    found: dict[str, Floats] = {}
    for name in names:
        cells = [row.get(name) for row in rows]
        if all(isinstance(cell, int | float) for cell in cells if cell is not None):
            found[name] = np.array([math.nan if cell is None else float(cell) for cell in cells])
            continue
        words = sorted({str(cell) for cell in cells if cell is not None})
        for word in words[1:]:
            found[f"{name}={word}"] = np.array([math.nan if cell is None else float(str(cell) == word) for cell in cells])
    return {name: column for name, column in found.items() if len(np.unique(column[~np.isnan(column)])) > 1}


def associate(outcome: NDArray[np.floating], design: Mapping[str, Floats], patients: Sequence[str]) -> list[Slope]:
    """Return the slopes, in the order of the design.

    Cases with anything missing are left out. StudyError when too few patients are left, or a covariate follows from the others.
    """
    y, x, people = complete(outcome, design, patients)
    codes = patient_codes(people)
    count = int(codes.max()) + 1 if codes.size else 0
    least = max(LEAST_PATIENTS, len(design) + 1 + SPARE)
    if count < least:
        raise StudyError(f"expected at least {least} patients with all of {', '.join(design)}, got {count}.")
    if np.linalg.matrix_rank(np.column_stack([np.ones(len(x)), x])) < x.shape[1] + 1:
        raise StudyError(f"expected covariates of which none follows from the others, got {', '.join(design)}. Leave one out.")
    z, standard = _standard(y[:, None])[:, 0], _standard(x)
    fitted = sm.OLS(z, sm.add_constant(standard)).fit(cov_type="cluster", cov_kwds={"groups": codes}, use_t=True)
    ends = np.asarray(fitted.conf_int())
    return [
        Slope(
            name=name,
            value=float(fitted.params[k]),
            ci95=(float(ends[k, 0]), float(ends[k, 1])),
            p=float(fitted.pvalues[k]),
            patients=count,
            cases=len(y),
        )
        for k, name in enumerate(design, start=1)
    ]


def complete(
    outcome: NDArray[np.floating], design: Mapping[str, Floats], patients: Sequence[str]
) -> tuple[Floats, Floats, list[str]]:
    """Return outcome (N',), covariates (N', K) and patients of the cases that lack nothing."""
    columns = np.stack([np.asarray(outcome, float), *(np.asarray(c, float) for c in design.values())], axis=1)
    kept = np.flatnonzero(np.isfinite(columns).all(axis=1))
    return columns[kept, 0], columns[kept, 1:], [patients[int(i)] for i in kept]


def weighted_slopes(outcome: Floats, x: Floats, weights: NDArray[np.floating]) -> Floats:
    """Return the standardized slopes (B, K) of complete cases (N,), (N, K) for each weighting (B, N); NaN where not defined."""
    w = np.asarray(weights, float)
    every = np.column_stack([outcome, x])  # (N, 1 + K)
    total = w.sum(axis=1)[:, None]
    mean = (w @ every) / total
    moments = np.einsum("bn,ni,nj->bij", w, every, every) / total[..., None] - mean[:, :, None] * mean[:, None, :]
    spread = np.sqrt(np.maximum(np.diagonal(moments, axis1=1, axis2=2), 0))  # (B, 1 + K)
    found = np.full((len(w), x.shape[1]), np.nan)
    sound = (spread > 1e-12).all(axis=1)
    scaled = moments[sound] / (spread[sound][:, :, None] * spread[sound][:, None, :])
    sound[sound] = np.abs(np.linalg.det(scaled[:, 1:, 1:])) > 1e-9
    scaled = moments[sound] / (spread[sound][:, :, None] * spread[sound][:, None, :])
    found[sound] = np.linalg.solve(scaled[:, 1:, 1:], scaled[:, 1:, :1])[..., 0]
    return found


def _standard(columns: Floats) -> Floats:
    spread = columns.std(axis=0)
    scaled: Floats = (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    return scaled
