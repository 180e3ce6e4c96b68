"""Do those who are expected to live longer live longer: Harrell's and Uno's concordance, for many weightings.

In:   observed days and events (N,), expected days (N,; larger = lower risk), all finite; weights (B, N).
Out:  concordance (B,): 1 = every comparable pair in order, 0.5 = chance.
Not:  no interval; no curves.
Reference: Harrell et al., JAMA 1982; 247:2543. Uno et al., Stat Med 2011; 30:1105.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.metrics.ratio import ratio

_BLOCK_PAIRS = 4_000_000


class _Pairs(Record):
    """Some first members of pairs against every second member."""

    rows: slice
    comparable: NDArray[np.float64]
    """(n, N): 1 where the first had the event while the second was still under observation."""
    concordant: NDArray[np.float64]
    """(n, N): 1 where the first was expected to live shorter, 0.5 where equally long."""


def harrell(
    days: NDArray[np.float64], event: NDArray[np.bool_], expected: NDArray[np.float64], weights: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return Harrell's C. A pair is comparable when the shorter time ended in an event.

    At equal times an event comes before a censoring; two events at one time are not compared. NaN without comparable pairs.
    """
    return _concordance(days, event, expected, np.asarray(weights, float), np.asarray(weights, float))


def uno(
    days: NDArray[np.float64],
    event: NDArray[np.bool_],
    expected: NDArray[np.float64],
    weights: NDArray[np.floating],
    *,
    until: float | None = None,
) -> NDArray[np.float64]:
    """Return Uno's C: each comparable pair weighs 1 / G(t)^2, G the Kaplan-Meier estimate of staying uncensored just before t.

    until : days, or None
        Events later than this are not first members of a pair. Give it where hardly anyone is followed longer.
    """
    cases = np.asarray(weights, float)
    stay = uncensored_before(days, event, cases)  # (B, N)
    first = np.divide(cases, stay**2, out=np.zeros_like(cases), where=stay > 0)
    if until is not None:
        first = first * (days < until)
    return _concordance(days, event, expected, first, cases)


def uncensored_before(days: NDArray[np.float64], event: NDArray[np.bool_], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return G(t-) at each case's time (B, N): the share not yet censored just before it, by Kaplan-Meier.

    Whoever has the event on a day is not at risk of being censored on that day.
    """
    if days.size == 0:
        return np.ones((len(weights), 0))
    order = np.argsort(days, kind="stable")
    new = np.concatenate([[True], np.diff(days[order]) > 0])
    starts, place = np.flatnonzero(new), np.empty(days.size, np.intp)
    place[order] = np.cumsum(new) - 1
    lost = np.add.reduceat((weights * ~event)[:, order], starts, axis=1)  # (B, T) censored at each time
    died = np.add.reduceat((weights * event)[:, order], starts, axis=1)
    leaving = lost + died
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1] - died
    hazard = np.divide(lost, at_risk, out=np.zeros_like(lost), where=at_risk > 0)
    after = np.cumprod(1.0 - hazard, axis=1)
    before = np.concatenate([np.ones((len(weights), 1)), after[:, :-1]], axis=1)
    result: NDArray[np.float64] = before[:, place]
    return result


def _concordance(
    days: NDArray[np.float64],
    event: NDArray[np.bool_],
    expected: NDArray[np.float64],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return concordant over comparable pairs; a pair weighs first[i] x second[j]."""
    wins, all_pairs = np.zeros(len(first)), np.zeros(len(first))
    for part in _pairs(days, event, expected):
        ahead = first[:, part.rows]
        wins += np.einsum("bi,bi->b", ahead, second @ (part.comparable * part.concordant).T)
        all_pairs += np.einsum("bi,bi->b", ahead, second @ part.comparable.T)
    return ratio(wins, all_pairs)


def _pairs(days: NDArray[np.float64], event: NDArray[np.bool_], expected: NDArray[np.float64]) -> Iterator[_Pairs]:
    """Yield the comparable pairs in blocks of first members, so that memory does not grow with the square of the cases."""
    rows = max(1, _BLOCK_PAIRS // max(1, days.size))
    for start in range(0, days.size, rows):
        part = slice(start, min(start + rows, days.size))
        later = days[None, :] > days[part, None]
        censored_then = (days[None, :] == days[part, None]) & ~event[None, :]
        comparable = event[part, None] & (later | censored_then)
        concordant = (expected[part, None] < expected[None, :]) + 0.5 * (expected[part, None] == expected[None, :])
        yield _Pairs(rows=part, comparable=comparable.astype(float), concordant=concordant)
