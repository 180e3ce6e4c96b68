"""Skill with its interval: two mean errors of the same cases, their patients drawn together.

In:   an error a case of an answer and of the constant, the patient of each.
Out:  core Estimate named "skill".
Not:  no means (mean.py): a ratio of two means has no value a case.
Reference: Davison & Hinkley, Bootstrap Methods and their Application, 1997, section 2.4 (the ratio of means of paired data).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocenter.core.errors import StudyError
from isocenter.core.estimate import Estimate
from isocenter.metrics.estimates.interval import Interval, no_interval
from isocenter.metrics.estimates.mean import LEAST_PATIENTS, noted
from isocenter.metrics.estimates.patient_bootstrap import DRAWS, Statistic, patient_bootstrap
from isocenter.metrics.estimates.resampling import patient_codes
from isocenter.metrics.skill import skill

NAME = "skill"


def estimate_skill(
    errors: ArrayLike,
    constant: ArrayLike,
    patients: Sequence[Any] | NDArray[Any],
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
    group: str = "all",
    who: str = "model",
    part: str = "tune",
    target: str = "",
) -> Estimate:
    """Return the skill on the cases both could be measured on.

    Parameters
    ----------
    errors, constant : (N,)
        Error of the answer and of the constant, one a case; NaN = not measurable, counted in `excluded`.
    patients : (N,)
        The patient of each case. StudyError if the lengths differ.
    rng : Generator
        For the resampling.
    draws : int
        Resamples.
    group, who, part, target : str
        Copied into the Estimate.

    Returns
    -------
    Estimate; value NaN where the constant makes no error. The interval is the bootstrap over patients, NaN below 10 of them.
    """
    mine, theirs = (np.asarray(values, float).reshape(-1) for values in (errors, constant))
    people = np.asarray(patients, dtype=str).reshape(-1)
    if not mine.size == theirs.size == people.size:
        raise StudyError(f"expected one patient and two errors a case, got {people.size}, {mine.size} and {theirs.size}.")
    known = np.isfinite(mine) & np.isfinite(theirs)
    one, other, codes = mine[known], theirs[known], patient_codes(people[known])
    count = int(codes.max()) + 1 if codes.size else 0

    def drawn(weights: NDArray[np.float64]) -> NDArray[np.floating]:
        return skill(one, other, weights)

    value = float(drawn(np.ones((1, one.size)))[0])
    interval = noted(_interval(drawn, value, codes, count, rng, draws), count)
    return Estimate(
        name=NAME,
        value=value,
        unit="1",
        ci95=interval.ends,
        interval=interval.kind,
        patients=count,
        cases=int(one.size),
        excluded=int(mine.size - one.size),
        group=group,
        who=who,
        part=part,
        target=target,
    )


def _interval(
    drawn: Statistic, value: float, codes: NDArray[np.intp], patients: int, rng: np.random.Generator, draws: int
) -> Interval:
    if patients < LEAST_PATIENTS:
        return no_interval("too few patients")
    if not np.isfinite(value):
        return no_interval("the constant makes no error")
    made = patient_bootstrap(drawn, codes, rng=rng, draws=draws)
    return no_interval("no resample changes it") if made.width <= 1e-12 else made
