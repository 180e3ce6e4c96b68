"""How hard is a method to tune: the best validation score to expect from k random configurations.

In:   the validation scores of n configurations drawn at random.
Out:  the expected best of 1 … n of them, with an interval over configurations.
Not:  no test scores: choose by validation, then test the chosen one. Scores of a grid search are no random draws.
Reference: Dodge et al., Show Your Work, EMNLP 2019, arXiv:1909.03004, equation 7 (draws with replacement from the scores seen).
    Tang et al., ACL 2020, arXiv:2004.13705 (that this is too low for k near n: use k well below n to compare).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.estimates.bca import expanded_tail
from isocenter.metrics.estimates.interval import Interval, no_interval
from isocenter.metrics.estimates.patient_bootstrap import DRAWS, patient_bootstrap

LEAST_CONFIGURATIONS = 5
"""Below, no interval."""


class ExpectedBest(Record):
    """One point of the curve."""

    tried: int
    """k, configurations tried."""
    best: float
    interval: Interval
    configurations: int
    """n, configurations seen."""


def expected_best(
    scores: NDArray[np.floating], tried: int, weights: NDArray[np.floating], *, lower_is_better: bool = False
) -> NDArray[np.float64]:
    """Return the mean of the best of k draws with replacement, for each row of weights (B, N).

    scores          : (N,), finite
    tried           : k >= 1
    weights         : (B, N), how often each configuration counts
    lower_is_better : the best is the smallest
    """
    sign = -1.0 if lower_is_better else 1.0
    value = sign * np.asarray(scores, float)
    order = np.argsort(value, kind="stable")
    w = np.asarray(weights, float)[:, order]
    below = np.cumsum(w, axis=1)
    total = below[:, -1:]
    share = np.divide(below, total, out=np.full_like(below, np.nan), where=total > 0)
    rise = np.diff(share**tried, axis=1, prepend=0.0)  # P(the best of k is this one)
    best: NDArray[np.float64] = sign * (rise @ value[order])
    return best


def tuning_curve(
    scores: ArrayLike,
    *,
    rng: np.random.Generator,
    tried: Sequence[int] | None = None,
    lower_is_better: bool = False,
    draws: int = DRAWS,
) -> list[ExpectedBest]:
    """Return the expected best for several numbers of configurations.

    Parameters
    ----------
    scores : (N,)
        One a configuration; NaN (it failed) counts as the worst score seen. StudyError without any.
    rng : Generator
        For the resampling of configurations.
    tried : sequence of int, or None
        Numbers of configurations; None = 1 … N.
    lower_is_better : bool
        For errors.
    draws : int
        Resamples.

    Returns
    -------
    One point a number; the interval is NaN below 5 configurations or where all scored alike.
    """
    seen = _finished(scores, lower_is_better)
    curve = []
    for k in range(1, seen.size + 1) if tried is None else tried:
        if k < 1:
            raise StudyError(f"expected at least one configuration to be tried, got {k}.")

        def best(weights: NDArray[np.float64], k: int = k) -> NDArray[np.floating]:
            return expected_best(seen, k, weights, lower_is_better=lower_is_better)

        interval = no_interval(f"fewer than {LEAST_CONFIGURATIONS} configurations")
        if seen.size >= LEAST_CONFIGURATIONS:
            made = patient_bootstrap(best, np.arange(seen.size), rng=rng, draws=draws)
            same = made.width <= 1e-12
            interval = no_interval("all scored alike") if same else _over_configurations(made)
        value = float(best(np.ones((1, seen.size)))[0])
        curve.append(ExpectedBest(tried=int(k), best=value, interval=interval, configurations=int(seen.size)))
    return curve


def compare_tuning(
    first: ArrayLike,
    second: ArrayLike,
    tried: int,
    *,
    rng: np.random.Generator,
    lower_is_better: bool = False,
    draws: int = DRAWS,
) -> ExpectedBest:
    """Return the expected best of first minus that of second after k configurations of each, resampling each method's on its own.

    first, second   : (N,), (M,) scores
    tried           : k
    rng             : for the resampling
    lower_is_better : for errors
    draws           : resamples
    """
    sides = [_finished(scores, lower_is_better) for scores in (first, second)]
    values, drawn = [], []
    for seen in sides:
        times = rng.multinomial(seen.size, np.full(seen.size, 1.0 / seen.size), size=draws).astype(float)
        drawn.append(expected_best(seen, tried, times, lower_is_better=lower_is_better))
        values.append(float(expected_best(seen, tried, np.ones((1, seen.size)), lower_is_better=lower_is_better)[0]))
    least = min(seen.size for seen in sides)
    interval = no_interval(f"fewer than {LEAST_CONFIGURATIONS} configurations")
    if least >= LEAST_CONFIGURATIONS:
        tail = float(ndtr(-expanded_tail(least)))
        low, high = np.quantile(drawn[0] - drawn[1], [tail, 1.0 - tail])
        interval = Interval(low=float(low), high=float(high), kind="bootstrap over configurations (percentile)")
    return ExpectedBest(tried=tried, best=values[0] - values[1], interval=interval, configurations=least)


def _finished(scores: ArrayLike, lower_is_better: bool) -> NDArray[np.float64]:
    seen = np.asarray(scores, float).reshape(-1)
    if not np.isfinite(seen).any():
        raise StudyError("expected the score of at least one configuration, got none.")
    worst = np.nanmax(seen) if lower_is_better else np.nanmin(seen)
    return np.where(np.isfinite(seen), seen, worst)


def _over_configurations(made: Interval) -> Interval:
    return Interval(low=made.low, high=made.high, kind=made.kind.replace("over patients", "over configurations"))
