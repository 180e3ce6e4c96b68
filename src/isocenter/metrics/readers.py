"""Readers and a model in one table: how good is each, how good are they on average, is the model better?

In:   what each reader, and the model, called in every case; a truth, or none.
Out:  a row a reader, one of their mean, one of the model, one of the difference, each with its interval over patients.
Not:  no agreement among readers (rater_agreement.py); no threshold is chosen here (operating_point.py).
Reference: Rajpurkar et al., CheXNet, arXiv:1711.05225, section 3: without a truth each is judged by the others, one after another,
    and the scores averaged; the difference is that of the model and the readers' mean on the same resamples.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.decisions import Counts, weighted_counts
from isocenter.metrics.estimates.interval import Interval, no_interval
from isocenter.metrics.estimates.mean import LEAST_PATIENTS, noted
from isocenter.metrics.estimates.patient_bootstrap import DRAWS, Statistic, patient_bootstrap
from isocenter.metrics.estimates.resampling import patient_codes
from isocenter.metrics.ratio import mean_of_known

Judge = Literal["others", "majority", "truth"]
Quantity = Literal["f1", "sensitivity", "specificity", "positive_predictive_value"]
_SHARES: dict[Quantity, Callable[[Counts], NDArray[np.float64]]] = {
    "f1": lambda counts: counts.f1,
    "sensitivity": lambda counts: counts.sensitivity,
    "specificity": lambda counts: counts.specificity,
    "positive_predictive_value": lambda counts: counts.positive_predictive_value,
}


class ReaderRow(Record):
    """One line of the table."""

    who: str
    """A reader's name, "mean of readers", "model" or "model - mean of readers"."""
    value: float
    interval: Interval
    patients: int
    cases: int
    """Cases this one called."""


def readers_table(
    calls: NDArray[np.floating],
    readers: Sequence[str],
    patients: Sequence[Any] | NDArray[Any],
    *,
    rng: np.random.Generator,
    model: NDArray[np.floating] | None = None,
    truth: NDArray[np.floating] | None = None,
    judge: Judge = "others",
    quantity: Quantity = "f1",
    draws: int = DRAWS,
) -> list[ReaderRow]:
    """Return the table of one finding.

    Parameters
    ----------
    calls : (N, R)
        1 = the reader called it, 0 = not, NaN = not read. StudyError unless R >= 2, or R >= 1 with a truth.
    readers : (R,)
        Names.
    patients : (N,)
        The patient of each case.
    rng : Generator
        Every row draws the same resamples from its state, so that the rows can be compared.
    model : (N,), or None
        The model's calls, made at a threshold that was fixed before.
    truth : (N,), or None
        Used by judge "truth" alone.
    judge : {"others", "majority", "truth"}
        By each of the other readers in turn, averaged; by the majority of the other readers, a tie left out; by the truth. The
        model is judged by all readers.
    quantity : {"f1", "sensitivity", "specificity", "positive_predictive_value"}
        What is counted.
    draws : int
        Resamples.

    Returns
    -------
    R + 1 rows, R + 3 with a model; intervals NaN below 10 patients, values NaN where nothing was there and nothing called.
    """
    table = np.asarray(calls, float)
    if table.ndim != 2 or table.shape[1] != len(readers) or len(readers) < (1 if judge == "truth" else 2):
        raise StudyError(f"expected calls of two or more readers, a column each, got {table.shape} and {len(readers)} names.")
    if judge == "truth" and truth is None:
        raise StudyError("expected a truth to judge the readers by, got none. Give one, or judge them by one another.")
    judges = np.asarray(truth, float)[:, None] if judge == "truth" else table
    codes = patient_codes(patients)

    def of_reader(place: int) -> Statistic:
        others = judges if judge == "truth" else np.delete(judges, place, axis=1)
        return _scored(table[:, place], others, majority=judge == "majority", quantity=quantity)

    each = [of_reader(place) for place in range(len(readers))]

    def mean(weights: NDArray[np.float64]) -> NDArray[np.floating]:
        return mean_of_known([score(weights) for score in each], len(weights))

    rows = [(name, score, table[:, i]) for i, (name, score) in enumerate(zip(readers, each, strict=True))]
    rows.append(("mean of readers", mean, np.where(np.isfinite(table).any(axis=1), 0.0, np.nan)))
    if model is not None:
        mine = np.asarray(model, float)
        scored = _scored(mine, judges, majority=judge == "majority", quantity=quantity)
        rows.append(("model", scored, mine))
        rows.append(("model - mean of readers", lambda w: scored(w) - mean(w), mine))
    seed = int(rng.integers(2**63))
    return [_row(who, score, np.isfinite(read), codes, seed, draws) for who, score, read in rows]


def _scored(
    called: NDArray[np.float64], judges: NDArray[np.float64], *, majority: bool, quantity: Quantity
) -> Callable[[NDArray[np.float64]], NDArray[np.floating]]:
    """Return the score of one who calls, as a function of weights (B, N)."""
    if majority:
        seen = np.isfinite(judges)
        votes, voters = np.where(seen, judges, 0.0).sum(axis=1), seen.sum(axis=1)
        verdict = np.where(2 * votes == voters, np.nan, (2 * votes > voters).astype(float))  # nobody is a tie as well
        judges = verdict[:, None]

    def score(weights: NDArray[np.float64]) -> NDArray[np.floating]:
        each = []
        for verdict in judges.T:
            both = np.isfinite(called) & np.isfinite(verdict)
            counts = weighted_counts(verdict[both] > 0.5, called[both] > 0.5, weights[:, both])
            each.append(_SHARES[quantity](counts))
        return mean_of_known(each, len(weights))

    return score


def _row(who: str, score: Statistic, read: NDArray[np.bool_], codes: NDArray[np.intp], seed: int, draws: int) -> ReaderRow:
    count = len(np.unique(codes[read]))
    value = float(score(np.ones((1, codes.size)))[0]) if codes.size else math.nan
    interval = no_interval("too few patients")
    if count >= LEAST_PATIENTS:
        interval = patient_bootstrap(score, codes, rng=np.random.default_rng(seed), draws=draws)
        interval = no_interval("it does not vary") if interval.width <= 1e-12 else interval
    return ReaderRow(who=who, value=value, interval=noted(interval, count), patients=count, cases=int(read.sum()))
