"""Cumulative incidence when something else may come first: Aalen and Johansen's estimate.

In:   days (N,) and what ended them (N,): 0 = censored, 1, 2 … = the causes; weights (N,). Or the hazards of all causes (K, T).
Out:  the chance of each cause by each day, with its standard error. Or that of the first cause of given hazards.
Not:  no regression, no drawing. One minus Kaplan-Meier, with the other causes taken for censored, is larger: the incidence
    in a world in which nobody dies of anything else.
Reference: Aalen & Johansen, Scand J Stat 1978; 5:141. Putter, Fiocco & Geskus, Stat Med 2007; 26:2389 (section 3.3, variance by
    Greenwood's formula for the transitions). Benichou & Gail, Biometrics 1990; 46:813 (incidence from the hazards of all causes).
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.record import Record


class Incidence(Record):
    """One cause over time: a step function, 0 before the first day."""

    days: NDArray[np.float64]
    """(T,) days on which something happened, of any cause."""
    share: NDArray[np.float64]
    """(T,) who has had this cause by then, in [0, 1]."""
    error: NDArray[np.float64]
    """(T,) its standard error."""

    def at(self, day: float) -> float:
        """Return the share by a day."""
        place = int(np.searchsorted(self.days, day, side="right"))
        return float(self.share[place - 1]) if place else 0.0


def cumulative_incidence(
    days: NDArray[np.floating], cause: NDArray[np.integer], *, of: int = 1, weights: NDArray[np.floating] | None = None
) -> Incidence:
    """Return the chance of having had one cause by each day.

    Parameters
    ----------
    days : (N,)
        Of the end of observation, whatever ended it. StudyError if negative or not finite.
    cause : (N,)
        0 = censored, 1 and more = what happened. Who is censored on a day of an event was still at risk that day.
    of : int
        The cause asked about.
    weights : (N,), or None
        How often each counts; None = once.

    Returns
    -------
    Incidence; empty arrays when nothing happened to anybody.
    """
    time, code = np.asarray(days, float), np.asarray(cause)
    if time.shape != code.shape or not np.isfinite(time).all() or (time < 0).any():
        raise StudyError("expected one cause a time, and times of 0 or more days. Leave out the cases without a time.")
    w = np.ones(time.size) if weights is None else np.asarray(weights, float)
    times = np.unique(time[code > 0])
    at_risk = np.array([w[time >= t].sum() for t in times])
    any_cause = np.array([w[(time == t) & (code > 0)].sum() for t in times])
    mine = np.array([w[(time == t) & (code == of)].sum() for t in times])
    free = np.cumprod(1.0 - any_cause / at_risk)  # after each day
    before = np.concatenate([[1.0], free[:-1]]) if times.size else np.empty(0)
    share = np.cumsum(before * mine / at_risk)
    return Incidence(days=times, share=share, error=_error(share, before, at_risk, any_cause, mine))


def incidence_of_hazards(hazard: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the chance of the first cause by each day, from the cumulative hazards of all.

    hazard : (K, T), rising; between two days the causes keep their shares of the hazard
    return : (T,) in [0, 1]; with one cause 1 - exp(-hazard)
    """
    steps = np.diff(np.asarray(hazard, float), axis=1, prepend=0.0)
    every = steps.sum(axis=0)
    free = np.exp(-every.cumsum())  # after each day
    before = np.concatenate([[1.0], free])[: every.size]
    mine = np.divide(steps[0], every, out=np.zeros_like(every), where=every > 0)
    share: NDArray[np.float64] = (before * -np.expm1(-every) * mine).cumsum()
    return share


def _error(
    share: NDArray[np.float64],
    before: NDArray[np.float64],
    at_risk: NDArray[np.float64],
    any_cause: NDArray[np.float64],
    mine: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the standard error by the delta method: what each day's events, drawn from those at risk, add to the later shares."""
    variance = np.zeros(share.size)
    for last in range(share.size):
        here = slice(0, last + 1)
        left = np.divide(
            share[last] - share[here],
            1.0 - any_cause[here] / at_risk[here],
            out=np.zeros(last + 1),
            where=at_risk[here] > any_cause[here],
        )
        # One event of this cause adds `before` at once; any event takes away its part of what was still to come.
        p, q = mine[here] / at_risk[here], (any_cause[here] - mine[here]) / at_risk[here]
        gain, loss = before[here] - left, -left
        moment = p * gain**2 + q * loss**2 - (p * gain + q * loss) ** 2
        variance[last] = (moment / at_risk[here]).sum()
    return np.sqrt(np.maximum(variance, 0.0))
