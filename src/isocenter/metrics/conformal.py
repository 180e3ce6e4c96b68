"""Conformal intervals of counts, values and proportions: how far may the truth lie from this answer?

In:   answers and truths of tuning cases, the patient of each; optionally a scale of the error and a group for every case.
Out:  Conformal: how many scales to go either side; Amounts with low and high.
Not:  no fitting of the answer itself: the tuning patients must not have been learned from.
Reference: Papadopoulos et al., ECML 2002 (split conformal; normalized: NCMA). Vovk, ACML 2012 (Mondrian: a quantile a group). Lee,
    Barber & Willett, arXiv:2306.06342 (cases in clusters).
Differs: several cases of one patient are not exchangeable with those of others. As Lee, Barber & Willett do, every patient has the
    weight 1, shared among the cases, and one more patient of unbounded error is added. Against one random case a patient, which is
    valid as well, all cases are used and nothing depends on a draw. The promise is then for a case drawn from a new patient. With
    `every=True` a patient's score is its largest, and the promise is for all cases of a new patient together; it is wider.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.estimates.resampling import patient_codes

COVERAGE = 0.9


class Conformal(Record):
    """Quantiles of the error, in scales."""

    coverage: float
    """Share of new patients' cases whose truth is promised to lie inside."""
    quantile: float
    """Of all tuning patients; inf when they are too few to promise anything."""
    groups: Mapping[str, float]
    """The quantile of each group with enough patients; others use that of all, and nothing is promised of them alone."""
    patients: int

    def half_width(self, *, scale: float = 1.0, group: str | None = None) -> float:
        """Return how far to go either side of an answer."""
        return scale * (self.groups.get(group, self.quantile) if group is not None else self.quantile)


def fit_conformal(
    errors: ArrayLike,
    patients: Sequence[Any] | NDArray[Any],
    *,
    scale: ArrayLike | None = None,
    groups: Sequence[str] | None = None,
    coverage: float = COVERAGE,
    every: bool = False,
) -> Conformal:
    """Return the quantiles of tuning patients.

    Parameters
    ----------
    errors : (N,)
        Answer minus truth; inside an interval label 0. NaN is left out.
    patients : (N,)
        The patient of each case. StudyError if the lengths differ.
    scale : (N,), or None
        How large an error is to be expected, above 0 and known without the truth: an estimated spread, sqrt(count + 1). None = 1.
    groups : (N,), or None
        Scanner, sex, size class: each then has a quantile of its own.
    coverage : float in (0, 1)
        Promised share.
    every : bool
        Promise it for all cases of a patient together, not for one.

    Returns
    -------
    Conformal. At 90 % nine patients are needed to promise anything; a group with fewer has no quantile of its own.
    """
    error, people = np.abs(np.asarray(errors, float).reshape(-1)), np.asarray(patients, dtype=str).reshape(-1)
    spread = np.ones(error.size) if scale is None else np.asarray(scale, float).reshape(-1)
    kind = np.full(error.size, "") if groups is None else np.asarray(groups, dtype=str).reshape(-1)
    if not error.size == people.size == spread.size == kind.size:
        raise StudyError(f"expected a patient, a scale and a group for each of {error.size} errors, got other numbers of them.")
    if not 0.0 < coverage < 1.0:
        raise StudyError(f"expected a coverage between 0 and 1, got {coverage}.")
    known = np.isfinite(error)
    if not (spread[known] > 0).all():
        raise StudyError("expected scales above 0. Add a little to those of 0, as in sqrt(count + 1).")
    score = error[known] / spread[known]
    own: dict[str, float] = {}
    for name in np.unique(kind[known]) if groups is not None else ():
        here = kind[known] == name
        quantile = clustered_quantile(score[here], people[known][here], coverage=coverage, every=every)
        if math.isfinite(quantile):
            own[str(name)] = quantile
    return Conformal(
        coverage=coverage,
        quantile=clustered_quantile(score, people[known], coverage=coverage, every=every),
        groups=own,
        patients=len(np.unique(people[known])),
    )


def clustered_quantile(
    scores: NDArray[np.floating], patients: Sequence[Any] | NDArray[Any], *, coverage: float = COVERAGE, every: bool = False
) -> float:
    """Return the smallest score below or at which lies the promised share of P + 1 patients, one of them beyond all.

    scores   : (N,), finite, >= 0
    patients : (N,)
    coverage : in (0, 1)
    every    : a patient's score is its largest
    return   : inf when (P + 1) x coverage is more than P. One case a patient: the ceil((P + 1) x coverage)-th smallest.
    """
    score, codes = np.asarray(scores, float), patient_codes(patients)
    if score.size == 0:
        return math.inf
    count = int(codes.max()) + 1
    if every:
        largest = np.zeros(count)
        np.maximum.at(largest, codes, score)
        score, codes = largest, np.arange(count)
    share = 1.0 / np.bincount(codes)[codes]  # of a patient's weight of 1
    order = np.argsort(score, kind="stable")
    reached = np.cumsum(share[order]) / (count + 1.0)
    enough = np.flatnonzero(reached >= coverage - 1e-12)
    return float(score[order][enough[0]]) if enough.size else math.inf


def with_interval(
    answer: Amount,
    conformal: Conformal,
    *,
    scale: float = 1.0,
    group: str | None = None,
    lowest: float = -math.inf,
    highest: float = math.inf,
) -> Amount:
    """Return an answer with its interval.

    answer    : its value and unit are kept
    conformal : fitted on tuning patients
    scale     : of this answer's error, as it was fitted with
    group     : of this case; one that was not seen uses the quantile of all
    lowest    : what the truth cannot be below (0 of a count or a proportion); the interval ends there
    highest   : what it cannot be above (1 of a proportion)
    """
    half = conformal.half_width(scale=scale, group=group)
    return Amount(
        value=answer.value,
        unit=answer.unit,
        low=max(lowest, answer.value - half),
        high=min(highest, answer.value + half),
    )
