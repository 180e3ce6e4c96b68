"""Agreement among raters: Fleiss' kappa of all, Cohen's kappa or ICC of every two, with intervals over patients.

In:   a table (N, R) of classes or of numbers, one column a rater; -1 or NaN = not rated.
Out:  Fleiss' kappa; a row for every two raters.
Not:  no truth: raters are compared with one another. Readers beside a model and a truth are in readers.py.
Reference: Fleiss, Psychol Bull 1971; 76:378. Cohen, Educ Psychol Meas 1960; 20:37; Psychol Bull 1968; 70:213. McGraw & Wong 1996.
"""

import math
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.agreement import kappa, linear_kappa, quadratic_kappa, weighted_confusion
from isocenter.metrics.amount_agreement import intraclass, moments
from isocenter.metrics.estimates.interval import Interval, no_interval
from isocenter.metrics.estimates.mean import LEAST_PATIENTS, noted
from isocenter.metrics.estimates.patient_bootstrap import DRAWS, Statistic, patient_bootstrap
from isocenter.metrics.estimates.resampling import patient_codes
from isocenter.metrics.ratio import ratio

Weighting = Literal["none", "linear", "quadratic"]
_KAPPAS: dict[Weighting, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "none": kappa,
    "linear": linear_kappa,
    "quadratic": quadratic_kappa,
}


class RaterPair(Record):
    """How far two raters agree."""

    first: str
    second: str
    quantity: str
    """"kappa", "linear kappa", "quadratic kappa" or "ICC(A,1)"; "Fleiss' kappa" of all raters together."""
    value: float
    interval: Interval
    patients: int
    cases: int
    """Rated by both."""


def fleiss_kappa(ratings: NDArray[np.integer], classes: int, weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return Fleiss' kappa (B,) of classes (N, R); 1 = all agree, 0 = chance. NaN when all ratings are one class.

    ratings : (N, R), -1 = not rated; a case counts with the ratings it has, if two or more
    classes : number of classes
    weights : (B, N)
    """
    counts = (np.asarray(ratings)[:, :, None] == np.arange(classes)).sum(axis=1).astype(float)  # (N, C)
    raters = counts.sum(axis=1)
    used = raters >= 2
    counts, raters, w = counts[used], raters[used], np.asarray(weights, float)[:, used]
    alike = ((counts**2).sum(axis=1) - raters) / (raters * (raters - 1))  # (n,) share of agreeing pairs
    seen = ratio(w @ alike, w.sum(axis=1))
    shares = ratio(w @ counts, np.broadcast_to((w @ raters)[:, None], (len(w), classes)))
    chance = (shares**2).sum(axis=1)
    return ratio(seen - chance, np.where(1.0 - chance > 1e-12, 1.0 - chance, 0.0))


def agreement_of_all(
    ratings: NDArray[np.integer],
    classes: int,
    patients: Sequence[Any] | NDArray[Any],
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> RaterPair:
    """Return Fleiss' kappa of all raters with its interval over patients; `first` and `second` are both "all".

    ratings  : (N, R), -1 = not rated
    classes  : number of classes
    patients : (N,)
    rng      : for the resampling
    draws    : resamples
    """
    table = np.asarray(ratings)
    used = (table >= 0).sum(axis=1) >= 2
    return _agreement(
        lambda w: fleiss_kappa(table[used], classes, w),
        np.asarray(patients, dtype=str)[used],
        names=("all", "all"),
        quantity="Fleiss' kappa",
        rng=rng,
        draws=draws,
    )


def agreement_of_classes(
    ratings: NDArray[np.integer],
    raters: Sequence[str],
    classes: int,
    patients: Sequence[Any] | NDArray[Any],
    *,
    rng: np.random.Generator,
    weighting: Weighting = "none",
    draws: int = DRAWS,
) -> list[RaterPair]:
    """Return Cohen's kappa of every two raters.

    ratings   : (N, R), -1 = not rated. StudyError unless there is a name for each column
    raters    : names of the columns
    classes   : number of classes
    patients  : (N,)
    rng       : for the resampling
    weighting : "none" for classes, "linear" or "quadratic" for grades
    draws     : resamples
    """
    table = np.asarray(ratings)
    _check(table, raters)
    made = []
    for i, j in combinations(range(len(raters)), 2):
        both = (table[:, i] >= 0) & (table[:, j] >= 0)
        one, other = table[both, i].astype(np.intp), table[both, j].astype(np.intp)

        def value(w: NDArray[np.float64], one: NDArray[np.intp] = one, other: NDArray[np.intp] = other) -> NDArray[np.floating]:
            return _KAPPAS[weighting](weighted_confusion(one, other, classes, w))

        quantity = "kappa" if weighting == "none" else f"{weighting} kappa"
        people = np.asarray(patients, dtype=str)[both]
        made.append(_agreement(value, people, names=(raters[i], raters[j]), quantity=quantity, rng=rng, draws=draws))
    return made


def agreement_of_amounts(
    amounts: NDArray[np.floating],
    raters: Sequence[str],
    patients: Sequence[Any] | NDArray[Any],
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> list[RaterPair]:
    """Return ICC(A,1) of every two raters.

    amounts  : (N, R), NaN = not rated. StudyError unless there is a name for each column
    raters   : names of the columns
    patients : (N,)
    rng      : for the resampling
    draws    : resamples
    """
    table = np.asarray(amounts, float)
    _check(table, raters)
    made = []
    for i, j in combinations(range(len(raters)), 2):
        both = np.isfinite(table[:, i]) & np.isfinite(table[:, j])
        one, other = table[both, i], table[both, j]

        def value(
            w: NDArray[np.float64], one: NDArray[np.float64] = one, other: NDArray[np.float64] = other
        ) -> NDArray[np.floating]:
            return intraclass(moments(one, other, w), absolute=True)

        people = np.asarray(patients, dtype=str)[both]
        made.append(_agreement(value, people, names=(raters[i], raters[j]), quantity="ICC(A,1)", rng=rng, draws=draws))
    return made


def _agreement(
    value: Statistic, people: NDArray[Any], *, names: tuple[str, str], quantity: str, rng: np.random.Generator, draws: int
) -> RaterPair:
    codes = patient_codes(people)
    count = int(codes.max()) + 1 if codes.size else 0
    found = float(value(np.ones((1, codes.size)))[0]) if codes.size else math.nan
    interval = no_interval("too few patients")
    if count >= LEAST_PATIENTS:
        interval = patient_bootstrap(value, codes, rng=rng, draws=draws)
        interval = no_interval("the raters never differ") if interval.width <= 1e-12 else interval
    return RaterPair(
        first=names[0],
        second=names[1],
        quantity=quantity,
        value=found,
        interval=noted(interval, count),
        patients=count,
        cases=int(codes.size),
    )


def _check(table: NDArray[Any], raters: Sequence[str]) -> None:
    if table.ndim != 2 or table.shape[1] != len(raters) or len(raters) < 2:
        raise StudyError(f"expected a column for each of two or more raters, got a table {table.shape} and {len(raters)} names.")
