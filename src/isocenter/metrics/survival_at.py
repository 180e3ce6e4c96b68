"""How good is a predicted chance of being free of the event on one day: time-dependent AUC and Brier score under censoring.

In:   observed days (N,) and what ended them (N,): 0 = censored, 1 = the event, 2 and more = a competing event; P(free of the
      event) on the day asked about (N,), weights (B, N).
Out:  AUC(t), Brier(t), and the Brier score averaged over time (B,).
Not:  no interval; no concordance over all times (concordance.py).
Reference: Graf et al., Stat Med 1999; 18:2529 (Brier). Uno et al., J Am Stat Assoc 2007; 102:527 (AUC: cumulative cases, dynamic
    controls). With competing events: Schoop et al., Biom J 2011; 53:88 (Brier) and Blanche, Dartigues & Jacqmin-Gadda, Stat Med
    2013; 32:5381 (AUC, with the second of their two definitions of a control: everybody who is no case).

Who had a competing event by the day can no longer have the event: the state on the day is known, and it is "free of the event".
What is asked about is therefore the cumulative incidence, not the risk in a world without competing events. All whose state is
known weigh 1 / P(staying uncensored) up to where it became known; only censorings take part in that chance.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.core.survival import Survival
from isocenter.metrics.concordance import uncensored_before
from isocenter.metrics.ranking import weighted_auc
from isocenter.metrics.ratio import ratio

FIVE_YEARS_DAYS = 1826.25


class _States(Record):
    """What is known of everybody on one day."""

    case: NDArray[np.bool_]
    """(N,): had the event by then."""
    free: NDArray[np.bool_]
    """(N,): is known to be free of it: followed beyond, or had a competing event by then."""
    share: NDArray[np.float64]
    """(B, N): weight over the chance that the state became known, summing to about the sum of weights; 0 where it is not known."""


def alive_at(curves: Sequence[Survival], day: float) -> NDArray[np.float64]:
    """Return P(alive) on a day (N,): 1 before a curve's first day, its last value after its last; NaN for an empty curve."""
    found = np.full(len(curves), np.nan)
    for i, curve in enumerate(curves):
        if len(curve.days):
            order = np.argsort(curve.days)
            steps = np.concatenate([[1.0], np.asarray(curve.alive, float)[order]])
            found[i] = steps[np.searchsorted(np.asarray(curve.days, float)[order], day, side="right")]
    return found


def auc_at(
    days: NDArray[np.float64],
    end: NDArray[np.integer],
    alive: NDArray[np.float64],
    weights: NDArray[np.floating],
    *,
    day: float,
) -> NDArray[np.float64]:
    """Return the chance that who has the event by the day was given a smaller P(alive) than who is free of it then.

    Who is censored before the day counts for neither side. NaN without an event before it, or when nobody is followed beyond it.
    """
    w = np.asarray(weights, float)
    states = _states(days, end, w, day)
    known = states.case | states.free
    if not known.any():
        return np.full(len(w), np.nan)
    # weighted_auc takes one weight a case; those lost before the day have none.
    found = weighted_auc(-alive[known], states.case[known], states.share[:, known])
    return np.where((w * (days > day)).sum(axis=1) > 0, found, np.nan)


def brier_at(
    days: NDArray[np.float64],
    end: NDArray[np.integer],
    alive: NDArray[np.float64],
    weights: NDArray[np.floating],
    *,
    day: float,
) -> NDArray[np.float64]:
    """Return the mean squared distance of P(alive) from the state on the day, in [0, about 1]; P = 0.5 for all gives about 0.25.

    NaN without cases, and when nobody is followed up to the day.
    """
    w = np.asarray(weights, float)
    if days.size == 0:
        return np.full(len(w), np.nan)
    states = _states(days, end, w, day)
    distance = states.share @ np.where(states.case, alive, 1.0 - alive) ** 2
    reached = (w * (days >= day)).sum(axis=1) > 0
    return np.where(reached, ratio(distance, w.sum(axis=1)), np.nan)


def integrated_brier(
    days: NDArray[np.float64],
    end: NDArray[np.integer],
    curves: Sequence[Survival],
    weights: NDArray[np.floating],
    *,
    until: float,
    points: int = 50,
) -> NDArray[np.float64]:
    """Return the Brier score averaged over the days from 0 to `until`, by the trapezoid rule on evenly spaced days.

    curves : (N,) P(alive), one a case
    until  : days; where someone must still be followed, else NaN
    points : days at which it is taken
    """
    if days.size == 0 or not until > 0:
        return np.full(len(weights), np.nan)
    grid = np.linspace(0.0, until, points + 1)[1:]
    each = [brier_at(days, end, alive_at(curves, float(day)), weights, day=float(day)) for day in grid]
    scores = np.stack([np.zeros(len(weights)), *each])  # on day 0 everybody is alive, and said to be
    steps = (scores[1:] + scores[:-1]) / 2.0 * (until / points)
    mean: NDArray[np.float64] = steps.sum(axis=0) / until
    return mean


def uncensored_after(
    days: NDArray[np.float64], end: NDArray[np.integer], weights: NDArray[np.float64], day: float
) -> NDArray[np.float64]:
    """Return G(day) (B,): the Kaplan-Meier share not censored up to and on a day. 1 before the first censoring."""
    # One more case on a later day, of no weight: G just before it is G after all censoring up to the day.
    later = np.nextafter(day, np.inf)
    inside = days <= day
    times = np.append(np.where(inside, days, later), later)
    ended = np.append(np.where(inside, end, 0), 0)
    w = np.concatenate([weights, np.zeros((len(weights), 1))], axis=1)
    after: NDArray[np.float64] = uncensored_before(times, ended, w)[:, -1]
    return after


def _states(days: NDArray[np.float64], end: NDArray[np.integer], weights: NDArray[np.float64], day: float) -> _States:
    """Return who is a case, who is free, and what each counts for."""
    beyond = days > day
    ended = (end > 0) & ~beyond
    # Known from the end of the time on for who had any event, from the day on for who is followed beyond it.
    before, then = uncensored_before(days, end, weights), uncensored_after(days, end, weights, day)
    stay = np.where(beyond, then[:, None], before)  # (B, N)
    share = np.divide(weights, stay, out=np.zeros_like(weights), where=(ended | beyond) & (stay > 0))
    return _States(case=ended & (end == 1), free=beyond | (ended & (end > 1)), share=share)
