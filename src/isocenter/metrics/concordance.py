"""Do those who are expected to be free of the event for longer stay so: Harrell's and Uno's concordance, for many weightings.

In:   observed days (N,) and what ended them (N,): 0 = censored, 1 = the event, 2 and more = a competing event; expected days (N,;
      larger = lower risk), all finite; weights (B, N).
Out:  concordance (B,): 1 = every comparable pair in order, 0.5 = chance.
Not:  no interval; no curves.
Reference: Harrell et al., JAMA 1982; 247:2543. Uno et al., Stat Med 2011; 30:1105. With competing events: Wolbers et al.,
    Epidemiology 2009; 20:555 (Harrell's) and Wolbers et al., Biostatistics 2014; 15:526 (weighted).

Who had a competing event never has the event, so who has the event should be expected to be free of it for shorter than they, also
where they died first. Taking them for censored would ask for the order of the hazards, not of the cumulative incidence.
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
    later: NDArray[np.float64]
    """(n, N): 1 where the first had the event while the second was still under observation."""
    competed: NDArray[np.float64] | None
    """(n, N): 1 where the first had the event, and the second a competing one not later than that; None where nobody had one."""
    concordant: NDArray[np.float64]
    """(n, N): 1 where the first was expected to be free of it for shorter, 0.5 where equally long."""


class _Shares(Record):
    """What a pair weighs, as a product of one number of its first and one of its second member; each (B, N)."""

    first: NDArray[np.float64]
    second: NDArray[np.float64]


def harrell(
    days: NDArray[np.float64], end: NDArray[np.integer], expected: NDArray[np.float64], weights: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return Harrell's C. A pair is comparable when the shorter time ended in the event, or the other's in a competing event.

    At equal times an event comes before a censoring; two events at one time are not compared. NaN without comparable pairs.
    """
    cases = np.asarray(weights, float)
    alike = _Shares(first=cases, second=cases)
    return _concordance(days, end, expected, later=alike, competed=alike)


def uno(
    days: NDArray[np.float64],
    end: NDArray[np.integer],
    expected: NDArray[np.float64],
    weights: NDArray[np.floating],
    *,
    until: float | None = None,
) -> NDArray[np.float64]:
    """Return Uno's C: each comparable pair weighs 1 / G(t)^2, G the Kaplan-Meier estimate of staying uncensored just before t.

    A pair whose second member had a competing event, at t', weighs 1 / (G(t) G(t')): both had to stay until their own.

    until : days, or None
        Events later than this are not first members of a pair. Give it where hardly anyone is followed longer.
    """
    cases = np.asarray(weights, float)
    stay = uncensored_before(days, end, cases)  # (B, N)
    once = np.divide(cases, stay, out=np.zeros_like(cases), where=stay > 0)
    twice = np.divide(once, stay, out=np.zeros_like(cases), where=stay > 0)
    early = np.ones(days.size) if until is None else days < until
    return _concordance(
        days,
        end,
        expected,
        later=_Shares(first=twice * early, second=cases),
        competed=_Shares(first=once * early, second=once),
    )


def uncensored_before(days: NDArray[np.float64], end: NDArray[np.integer], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return G(t-) at each case's time (B, N): the share not yet censored just before it, by Kaplan-Meier.

    Whoever has any event on a day, a competing one too, is not at risk of being censored on that day.
    """
    if days.size == 0:
        return np.ones((len(weights), 0))
    order = np.argsort(days, kind="stable")
    new = np.concatenate([[True], np.diff(days[order]) > 0])
    starts, place = np.flatnonzero(new), np.empty(days.size, np.intp)
    place[order] = np.cumsum(new) - 1
    lost = np.add.reduceat((weights * (end == 0))[:, order], starts, axis=1)  # (B, T) censored at each time
    died = np.add.reduceat((weights * (end > 0))[:, order], starts, axis=1)
    leaving = lost + died
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1] - died
    hazard = np.divide(lost, at_risk, out=np.zeros_like(lost), where=at_risk > 0)
    after = np.cumprod(1.0 - hazard, axis=1)
    before = np.concatenate([np.ones((len(weights), 1)), after[:, :-1]], axis=1)
    result: NDArray[np.float64] = before[:, place]
    return result


def _concordance(
    days: NDArray[np.float64], end: NDArray[np.integer], expected: NDArray[np.float64], *, later: _Shares, competed: _Shares
) -> NDArray[np.float64]:
    """Return concordant over comparable pairs. later, competed : what the pairs of either kind weigh."""
    wins, all_pairs = np.zeros(len(later.first)), np.zeros(len(later.first))
    for part in _pairs(days, end, expected):
        for comparable, share in ((part.later, later), (part.competed, competed)):
            if comparable is None:
                continue
            ahead = share.first[:, part.rows]
            wins += np.einsum("bi,bi->b", ahead, share.second @ (comparable * part.concordant).T)
            all_pairs += np.einsum("bi,bi->b", ahead, share.second @ comparable.T)
    return ratio(wins, all_pairs)


def _pairs(days: NDArray[np.float64], end: NDArray[np.integer], expected: NDArray[np.float64]) -> Iterator[_Pairs]:
    """Yield the comparable pairs in blocks of first members, so that memory does not grow with the square of the cases."""
    rows = max(1, _BLOCK_PAIRS // max(1, days.size))
    event, rival = end == 1, end > 1
    for start in range(0, days.size, rows):
        part = slice(start, min(start + rows, days.size))
        longer = days[None, :] > days[part, None]
        censored_then = (days[None, :] == days[part, None]) & (end == 0)[None, :]
        later = event[part, None] & (longer | censored_then)
        competed = event[part, None] & rival[None, :] & ~longer
        concordant = (expected[part, None] < expected[None, :]) + 0.5 * (expected[part, None] == expected[None, :])
        yield _Pairs(
            rows=part,
            later=later.astype(float),
            competed=competed.astype(float) if rival.any() else None,
            concordant=concordant,
        )
