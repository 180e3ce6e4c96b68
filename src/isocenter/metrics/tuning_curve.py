"""How hard is a method to tune: the best validation score to expect from k random configurations.

In:   the validation scores of n configurations drawn at random.
Out:  the expected best of 1 … n of them, with an interval over configurations.
Not:  no test scores: choose by validation, then test the chosen one. Scores of a grid search are no random draws.

The expectation is exact over all sets of k of the n, hence unbiased. No bootstrap of the scores themselves can say how far it
may be off, since it never draws a better score than the best seen: for k of n / 2 and more it covered 41 to 87 %. So the interval
draws where in the unknown distribution the sorted scores lie (uniform order statistics), spreads what lies between two scores
evenly, and lets the tails fall exponentially, at a rate taken from the outer third of the scores. It covered 92 to 99 % of scores
that are normal, uniform, crowded at the best, or fail in a third; 86 to 95 % where the best are exponential; 79 to 92 % where one
configuration in seven is far better than the others, which twelve may all miss (benchmarks/tuning_coverage.py).

Reference: Dodge et al., Show Your Work, EMNLP 2019, arXiv:1909.03004 (the curve); Tang et al., ACL 2020, arXiv:2004.13705
    (draws without replacement, as theirs with replacement are too low); Banks, Biometrika 1988; 75:673-684 (the interval).
Differs: the tails, which Banks leaves to known ends.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.estimates.interval import LEVEL, Interval, no_interval

LEAST_CONFIGURATIONS = 5
"""Below, no interval."""
DRAWS = 2000
NODES = (np.arange(24) + 0.5) / 24
"""Where the upper tail is integrated, as shares of it."""


class ExpectedBest(Record):
    """One point of the curve."""

    tried: int
    """k, configurations tried."""
    best: float
    interval: Interval
    configurations: int
    """n, configurations seen."""


def expected_best(scores: ArrayLike, tried: int, *, lower_is_better: bool = False) -> float:
    """Return the mean over all sets of k scores of the best of each set.

    scores          : (N,), finite
    tried           : k, from 1 to N; StudyError outside
    lower_is_better : the best is the smallest
    """
    sign = -1.0 if lower_is_better else 1.0
    value = np.sort(sign * np.asarray(scores, float).reshape(-1))
    if not 1 <= tried <= value.size:
        raise StudyError(f"expected at least one configuration to be tried and at most the {value.size} seen, got {tried}.")
    sets = np.array([math.comb(rank, tried - 1) for rank in range(value.size)], float)  # sets of k of which this one is the best
    return float(sign * (value @ (sets / sets.sum())))


def tuning_curve(
    scores: ArrayLike,
    *,
    rng: np.random.Generator,
    tried: Sequence[int] | None = None,
    lower_is_better: bool = False,
    best_possible: float = math.inf,
    draws: int = DRAWS,
) -> list[ExpectedBest]:
    """Return the expected best for several numbers of configurations.

    Parameters
    ----------
    scores : (N,)
        One a configuration; NaN (it failed) counts as the worst score seen. StudyError without any.
    rng : Generator
        For the interval.
    tried : sequence of int, or None
        Numbers of configurations; None = 1 … N.
    lower_is_better : bool
        For errors.
    best_possible : float
        What no score can surpass: 1 of an AUC, 0 of an error. The interval ends there.
    draws : int
        Distributions drawn.

    Returns
    -------
    One point a number; the interval is NaN below 5 configurations or where all scored alike.
    """
    seen = _finished(scores, lower_is_better)
    curve = []
    for k in range(1, seen.size + 1) if tried is None else tried:
        value = expected_best(seen, k, lower_is_better=lower_is_better)
        drawn = _drawn_best(seen, k, rng, lower_is_better=lower_is_better, best_possible=best_possible, draws=draws)
        curve.append(ExpectedBest(tried=int(k), best=value, interval=_interval(drawn, [seen]), configurations=int(seen.size)))
    return curve


def compare_tuning(
    first: ArrayLike,
    second: ArrayLike,
    tried: int,
    *,
    rng: np.random.Generator,
    lower_is_better: bool = False,
    best_possible: float = math.inf,
    draws: int = DRAWS,
) -> ExpectedBest:
    """Return the expected best of first minus that of second after k configurations of each.

    The two are drawn apart, also where both tried the same configurations: the interval is then wide rather than narrow.

    first, second   : (N,), (M,) scores
    tried           : k
    rng             : for the interval
    lower_is_better : for errors
    best_possible   : what no score can surpass
    draws           : distributions drawn
    """
    sides = [_finished(scores, lower_is_better) for scores in (first, second)]
    values = [expected_best(seen, tried, lower_is_better=lower_is_better) for seen in sides]
    drawn = [
        _drawn_best(seen, tried, rng, lower_is_better=lower_is_better, best_possible=best_possible, draws=draws) for seen in sides
    ]
    least = min(seen.size for seen in sides)
    interval = _interval(drawn[0] - drawn[1], sides)
    return ExpectedBest(tried=tried, best=values[0] - values[1], interval=interval, configurations=least)


def _finished(scores: ArrayLike, lower_is_better: bool) -> NDArray[np.float64]:
    seen = np.asarray(scores, float).reshape(-1)
    if not np.isfinite(seen).any():
        raise StudyError("expected the score of at least one configuration, got none.")
    worst = np.nanmax(seen) if lower_is_better else np.nanmin(seen)
    return np.where(np.isfinite(seen), seen, worst)


def _interval(drawn: NDArray[np.float64], sides: Sequence[NDArray[np.float64]]) -> Interval:
    if min(seen.size for seen in sides) < LEAST_CONFIGURATIONS:
        return no_interval(f"fewer than {LEAST_CONFIGURATIONS} configurations")
    if all(np.ptp(seen) <= 1e-12 for seen in sides):
        return no_interval("all scored alike")
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(low=float(low), high=float(high), kind="order statistics of configurations")


def _drawn_best(
    seen: NDArray[np.float64],
    tried: int,
    rng: np.random.Generator,
    *,
    lower_is_better: bool,
    best_possible: float,
    draws: int,
) -> NDArray[np.float64]:
    """Return the expected best of k under distributions that may have given the scores seen (N,), (B,)."""
    sign = -1.0 if lower_is_better else 1.0
    x = np.sort(sign * seen)
    n = x.size
    outer = max(1, min(n - 1, max(3, math.ceil(n / 3))))  # scores a tail's rate is taken from
    if n < 2:
        return np.full(draws, sign * x[0])
    u = np.sort(rng.random((draws, n)), axis=1)  # the distribution function at each score
    reached = u**tried  # that of the best of k
    between = np.diff(reached, axis=1) @ ((x[1:] + x[:-1]) / 2)
    last, last_reached = u[:, -1:], reached[:, -1:]
    fall, rise = (
        float(np.mean(gap)) * outer / rng.gamma(outer, 1.0, draws) for gap in (x[outer] - x[:outer], x[-outer:] - x[-outer - 1])
    )
    below = reached[:, 0] * (x[0] - fall / tried)
    place = (last_reached + (1.0 - last_reached) * NODES) ** (1.0 / tried)  # (B, nodes) in the upper tail
    excess = rise * np.log((1.0 - last) / np.clip(1.0 - place, 1e-12, None)).mean(axis=1)
    limit = max(x[-1], sign * best_possible) if math.isfinite(best_possible) else math.inf
    above = (1.0 - last_reached[:, 0]) * np.minimum(x[-1] + excess, limit)
    return np.asarray(sign * (below + between + above))
