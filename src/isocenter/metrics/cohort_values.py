"""Truths and answers of many cases as arrays.

In:   sequences of Scores, Amount or Survival.
Out:  arrays with NaN where nothing was assessed.
Not:  no metric.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.metrics.ratio import ratio


class ScoreTable(Record):
    """Classes or findings of many cases."""

    truth: NDArray[np.float64]
    """(N, K) of 0 and 1; NaN = not assessed."""
    answer: NDArray[np.float64]
    """(N, K) in [0, 1]."""
    names: tuple[str, ...]

    @property
    def assessed(self) -> NDArray[np.bool_]:
        """(N,): cases whose class is known and answered."""
        return np.asarray(~np.isnan(self.truth).all(axis=1) & ~np.isnan(self.answer).all(axis=1))

    @property
    def true_class(self) -> NDArray[np.intp]:
        """(N,) index of the true class; -1 when not assessed."""
        return _best(self.truth)

    @property
    def answered_class(self) -> NDArray[np.intp]:
        """(N,) index of the largest answer; -1 without one."""
        return _best(self.answer)


class AmountTable(Record):
    """Numbers of many cases."""

    truth: NDArray[np.float64]
    """(N,); NaN = not assessed, or known only as an interval."""
    low: NDArray[np.float64]
    """(N,) lower end of the truth: itself, or that of an interval label."""
    high: NDArray[np.float64]
    answer: NDArray[np.float64]

    @property
    def error(self) -> NDArray[np.float64]:
        """(N,) answer minus truth; 0 inside an interval label, the distance to its nearer end outside. NaN when not assessed."""
        above = np.maximum(self.answer - self.high, 0.0)
        below = np.minimum(self.answer - self.low, 0.0)
        return np.asarray(above + below)


class SurvivalTable(Record):
    """Times to an event of many cases."""

    days: NDArray[np.float64]
    """(N,) of the event or the censoring; NaN = not assessed."""
    end: NDArray[np.intp]
    """(N,) what ended them: 0 the censoring, 1 the event, 2 and more a competing event."""
    expected: NDArray[np.float64]
    """(N,) days expected to be free of the event up to the last observed day: larger = lower risk."""


def score_table(truths: Sequence[Value], answers: Sequence[Value]) -> ScoreTable:
    """Stack classes, findings or grades. StudyError for other kinds, or cases with other names than the first."""
    pairs = [(t, a) for t, a in zip(truths, answers, strict=True)]
    names: tuple[str, ...] = ()
    for truth, answer in pairs:
        if not isinstance(truth, Scores) or not isinstance(answer, Scores):
            raise wrong_kind("scores of classes", truth, answer)
        names = names or truth.names
        if truth.names != names or answer.names != names:
            raise StudyError(f"expected scores of {', '.join(names)} for every case, got {truth.names} and {answer.names}.")
    truth_p = [t.p for t, _ in pairs if isinstance(t, Scores)]
    answer_p = [a.p for _, a in pairs if isinstance(a, Scores)]
    shape = (len(pairs), len(names))
    return ScoreTable(
        truth=np.asarray(truth_p, float).reshape(shape), answer=np.asarray(answer_p, float).reshape(shape), names=names
    )


def amount_table(truths: Sequence[Value], answers: Sequence[Value]) -> AmountTable:
    """Stack numbers. StudyError for other kinds."""
    rows = [amount_row(truth, answer) for truth, answer in zip(truths, answers, strict=True)]
    truth, low, high, answer = np.asarray(rows, float).reshape(-1, 4).T
    return AmountTable(truth=truth, low=low, high=high, answer=answer)


def amount_row(truth: Value, answer: Value) -> tuple[float, ...]:
    """Return (truth, low, high, answer): the truth's ends are itself unless it is an interval label."""
    if not isinstance(truth, Amount) or not isinstance(answer, Amount):
        raise wrong_kind("numbers", truth, answer)
    interval = not (math.isnan(truth.low) and math.isnan(truth.high))
    low = (-math.inf if math.isnan(truth.low) else truth.low) if interval else truth.value
    high = (math.inf if math.isnan(truth.high) else truth.high) if interval else truth.value
    return (truth.value, low, high, answer.value)


def survival_table(truths: Sequence[Value], answers: Sequence[Value]) -> SurvivalTable:
    """Stack times. The risk of a case is read from the days its curve expects it to be alive. StudyError for other kinds."""
    known: list[tuple[Survival, Survival]] = []
    for truth, answer in zip(truths, answers, strict=True):
        if not isinstance(truth, Survival) or not isinstance(answer, Survival):
            raise wrong_kind("times to an event", truth, answer)
        known.append((truth, answer))
    days = np.array([float(t.days[0]) if len(t.days) else math.nan for t, _ in known])
    end = np.array([t.code for t, _ in known], np.intp)
    horizon = float(np.nanmax(days)) if np.isfinite(days).any() else 0.0
    expected = np.array([expected_days(answer, horizon) for _, answer in known])
    return SurvivalTable(days=days, end=end, expected=expected)


def expected_days(curve: Survival, horizon: float) -> float:
    """Return the area under P(alive) up to a horizon: the restricted mean time free of the event, in days.

    The curve is a step function, 1 before its first day and constant after its last. NaN for an empty curve.
    """
    if len(curve.days) == 0:
        return math.nan
    order = np.argsort(curve.days)
    days = np.clip(np.asarray(curve.days, float)[order], 0.0, horizon)
    alive = np.asarray(curve.alive, float)[order]
    edges = np.concatenate([[0.0], days, [horizon]])
    return float((np.diff(edges) * np.concatenate([[1.0], alive])).sum())


def weighted_mean(values: NDArray[np.float64], weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the mean of the values (N,) that are not NaN, for each row of weights (B, N); NaN without any."""
    known = np.isfinite(values)
    used = np.asarray(weights, float)[:, known]
    return ratio(used @ values[known], used.sum(axis=1))


def _best(p: NDArray[np.float64]) -> NDArray[np.intp]:
    known = ~np.isnan(p).all(axis=1) if p.size else np.zeros(len(p), bool)
    best = np.full(len(p), -1, np.intp)
    best[known] = np.nanargmax(p[known], axis=1) if known.any() else best[known]
    return best


def wrong_kind(expected: str, truth: Value, answer: Value) -> StudyError:
    """Return the error for a metric that does not fit its values."""
    return StudyError(
        f"expected {expected}, got {type(truth).__name__} and {type(answer).__name__}. Ask for metrics that fit the target's type."
    )
