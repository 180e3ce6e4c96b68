"""How good is a predicted chance of being alive on one day: time-dependent AUC and Brier score under censoring.

In:   observed days and events (N,), P(alive) on the day asked about (N,), weights (B, N).
Out:  AUC(t), Brier(t), and the Brier score averaged over time (B,).
Not:  no interval; no concordance over all times (concordance.py).
Reference: Uno et al., J Am Stat Assoc 2007; 102:527 and Blanche et al., Biom J 2013; 55:687 (AUC: cumulative cases, dynamic
    controls). Graf et al., Stat Med 1999; 18:2529 (Brier). All weigh those whose state is known by 1 / P(staying uncensored).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.survival import Survival
from isocenter.metrics.concordance import uncensored_before
from isocenter.metrics.ranking import weighted_auc
from isocenter.metrics.ratio import ratio

FIVE_YEARS_DAYS = 1826.25


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
    event: NDArray[np.bool_],
    alive: NDArray[np.float64],
    weights: NDArray[np.floating],
    *,
    day: float,
) -> NDArray[np.float64]:
    """Return the chance that who has the event by the day was given a smaller P(alive) than who is free of it then.

    Who is lost before the day counts for neither side. NaN without an event before it, or when nobody is followed beyond it.
    """
    w = np.asarray(weights, float)
    case, control = event & (days <= day), days > day
    stay = uncensored_before(days, event, w)  # (B, N)
    known = case | control
    # The controls all have the weight 1 / G(day), which cancels.
    used = np.where(case, np.divide(w, stay, out=np.zeros_like(w), where=stay > 0), w * control)
    if not known.any():
        return np.full(len(w), np.nan)
    # weighted_auc takes one weight a case; those lost before the day have none.
    return weighted_auc(-alive[known], case[known], used[:, known])


def brier_at(
    days: NDArray[np.float64],
    event: NDArray[np.bool_],
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
    stay = uncensored_before(days, event, w)
    by_then = event & (days <= day)
    free = days > day
    died = np.divide(w, stay, out=np.zeros_like(w), where=stay > 0) @ (by_then * alive**2)
    then = uncensored_after(days, event, w, day)
    lived = ratio(w @ (free * (1.0 - alive) ** 2), then)
    reached = (w * (days >= day)).sum(axis=1) > 0
    return np.where(reached, ratio(died + np.nan_to_num(lived), w.sum(axis=1)), np.nan)


def integrated_brier(
    days: NDArray[np.float64],
    event: NDArray[np.bool_],
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
    each = [brier_at(days, event, alive_at(curves, float(day)), weights, day=float(day)) for day in grid]
    scores = np.stack([np.zeros(len(weights)), *each])  # on day 0 everybody is alive, and said to be
    steps = (scores[1:] + scores[:-1]) / 2.0 * (until / points)
    mean: NDArray[np.float64] = steps.sum(axis=0) / until
    return mean


def uncensored_after(
    days: NDArray[np.float64], event: NDArray[np.bool_], weights: NDArray[np.float64], day: float
) -> NDArray[np.float64]:
    """Return G(day) (B,): the Kaplan-Meier share not censored up to and on a day. 1 before the first censoring."""
    # One more case on a later day, of no weight: G just before it is G after all censoring up to the day.
    later = np.nextafter(day, np.inf)
    inside = days <= day
    times = np.append(np.where(inside, days, later), later)
    ended = np.append(event & inside, False)
    w = np.concatenate([weights, np.zeros((len(weights), 1))], axis=1)
    after: NDArray[np.float64] = uncensored_before(times, ended, w)[:, -1]
    return after
