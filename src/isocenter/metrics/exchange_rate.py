"""Learning curves as inverse power laws, and what one kind of label is worth in another.

In:   numbers of training cases and the errors reached with them, of one or of two kinds of label.
Out:  PowerLaw error = a n^-b + c; how many cases reach an error; how many labels of B are worth one of A.
Not:  no training. Errors fall with n; hand over 1 - Dice, 1 - AUC or an absolute error.
Reference: Figueroa et al., BMC Med Inform Decis Mak 2012; 12:8 (inverse power law fitted to learning curves). Viering & Loog, IEEE
    TPAMI 2023; 45:7799 (that curves need not follow it, and that it must not be carried far beyond the sizes seen).
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.metrics.estimates.interval import LEVEL, Interval, no_interval

_STEEPEST = 3.0
_POINTS = 4
_POWERS = 61
_ROUNDS = 5
_REACH = 10.0
"""Sizes up to this many times the largest, or down to this part of the smallest, are believed."""


class PowerLaw(Record):
    """error = a n^-b + c."""

    a: float
    b: float
    c: float
    """The error that remains however many cases there are."""
    smallest: float
    """Cases, of the sizes it was fitted to."""
    largest: float

    def error(self, cases: float) -> float:
        """Return the error expected with a number of cases."""
        return float(self.a * cases**-self.b + self.c)

    def cases_for(self, error: float) -> float:
        """Return how many cases reach an error; inf where none do, NaN beyond ten times the sizes seen."""
        if error <= self.c or self.a <= 0 or self.b <= 0:
            return math.inf
        # In logarithms: on a curve that is nearly flat the number itself has no end.
        logarithm = (math.log(self.a) - math.log(error - self.c)) / self.b
        if not math.log(self.smallest / _REACH) <= logarithm <= math.log(self.largest * _REACH):
            return math.nan
        return math.exp(logarithm)


class ExchangeRate(Record):
    """What labels of two kinds are worth."""

    cases: float
    """Labels of A."""
    worth: float
    """Labels of B that reach the same error; inf when none do."""
    rate: float
    """Labels of B that one label of A, beyond those B had beside them, is worth."""
    interval: Interval
    """Of the rate; the upper end is inf where more than 2.5 % of resamples reach the error with no number of B."""


def fit_power_law(cases: ArrayLike, errors: ArrayLike) -> PowerLaw:
    """Return the curve of least squares of the relative error, so that small errors count as much as large ones.

    cases  : (M,) numbers of training cases, above 0; a size may occur several times (seeds, draws)
    errors : (M,) above 0. StudyError unless there are points of at least three sizes, four in all
    return : a >= 0, 0 <= b <= 3, c >= 0
    """
    size, error = np.asarray(cases, float).reshape(-1), np.asarray(errors, float).reshape(-1)
    if size.size != error.size or size.size < _POINTS or np.unique(size).size < 3:
        raise StudyError(f"expected errors at three sizes or more, four points in all, got {size.size} and {error.size}.")
    if not (size > 0).all() or not (error > 0).all() or not np.isfinite(error).all():
        raise StudyError("expected numbers of cases and errors above 0.")
    middle = float(np.exp(np.log(size).mean()))  # n is counted in middles: a and c are then of one size
    power = np.linspace(0.0, _STEEPEST, _POWERS)
    for _ in range(_ROUNDS):  # for a given power a and c are linear; the power is searched on ever finer grids
        fits = _given_powers(size / middle, error, power)
        best = int(np.argmin(fits[:, 2]))
        near = power[max(0, best - 1)], power[min(power.size - 1, best + 1)]
        b, a, c = float(power[best]), float(fits[best, 0]), float(fits[best, 1])
        power = np.linspace(*near, _POWERS)
    return PowerLaw(a=a * middle**b, b=b, c=c, smallest=float(size.min()), largest=float(size.max()))


def _given_powers(ratio: NDArray[np.float64], error: NDArray[np.float64], power: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (a, c, cost) for each power (P, 3): least squares of (a n^-b + c) / error - 1 with a and c not below 0."""
    x = ratio[None, :] ** -power[:, None] / error  # (P, M)
    z = 1.0 / error
    xx, xz, zz, x1, z1 = (x * x).sum(axis=1), x @ z, float(z @ z), x.sum(axis=1), float(z.sum())
    det = xx * zz - xz**2
    safe = np.where(det > 1e-9 * xx * zz, det, np.inf)
    a, c = (x1 * zz - z1 * xz) / safe, (z1 * xx - x1 * xz) / safe
    one_alone = (c < 0) | (safe == np.inf)  # then c = 0, or the two cannot be told apart
    a, c = np.where(one_alone, x1 / xx, a), np.where(one_alone, 0.0, c)
    a, c = np.where(a < 0, 0.0, a), np.where(a < 0, z1 / zz, c)
    cost = ((a[:, None] * x + c[:, None] * z - 1.0) ** 2).sum(axis=1)
    return np.stack([a, c, cost], axis=1)


def exchange_rate(
    first: tuple[ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike],
    cases: float,
    *,
    rng: np.random.Generator,
    beside: float = 0.0,
    draws: int = 500,
) -> ExchangeRate:
    """Return how many labels of B reach the error that a number of labels of A reaches.

    Parameters
    ----------
    first, second : (cases, errors)
        The learning curve of A, and that of B, on the same test cases.
    cases : float
        Labels of A.
    rng : Generator
        For the resampling of residuals.
    beside : float
        Labels of A that every point of B's curve had as well, in [0, cases); StudyError outside. Only those beyond are exchanged.
    draws : int
        Resamples; each fits both curves anew.

    Returns
    -------
    ExchangeRate; rate NaN where B would need more than ten times the cases it was tried with. The interval is that of the fit: it
    knows nothing of another test set, nor of a curve that bends later.
    """
    if not 0 <= beside < cases:
        raise StudyError(
            f"expected to exchange more labels than the {beside:g} that were learned beside the others, got {cases:g}."
        )
    more = cases - beside
    curves = [fit_power_law(*points) for points in (first, second)]
    worth = curves[1].cases_for(curves[0].error(cases))
    rates = []
    for _ in range(draws):
        one, other = (
            fit_power_law(points[0], _resampled(points, curve, rng)) for points, curve in zip((first, second), curves, strict=True)
        )
        rates.append(other.cases_for(one.error(cases)) / more)
    known = np.array([r for r in rates if not math.isnan(r)])
    interval = no_interval("most resamples lead beyond the sizes seen")
    if known.size >= 0.5 * draws and known.size > 0:
        tail = (1.0 - LEVEL) / 2
        low, high = np.quantile(known, [tail, 1.0 - tail], method="inverted_cdf")
        interval = Interval(low=float(low), high=float(high), kind="bootstrap of residuals (percentile)")
    return ExchangeRate(cases=cases, worth=worth, rate=worth / more, interval=interval)


def _resampled(points: tuple[ArrayLike, ArrayLike], curve: PowerLaw, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return errors on the curve with residuals drawn from those seen, which three parameters have made too small."""
    size, error = np.asarray(points[0], float).reshape(-1), np.asarray(points[1], float).reshape(-1)
    on_curve = np.array([curve.error(float(n)) for n in size])
    rest = np.log(error / on_curve) * math.sqrt(error.size / max(1, error.size - 3))
    return np.asarray(on_curve * np.exp(rng.choice(rest, error.size)))
