"""Growth of one culture: its rate from counts over time, exponential or towards a plateau.

In:   times in hours and counts.
Out:  GrowthFit: rate per hour, count at time 0, capacity, doubling time; or the reason why there is none.
Not:  no reading of plates (pipelines/growth_curves.py), no interval: cells of one well are no independent witnesses.

A curve is fitted to the square roots of the counts, whose noise is nearly the same at small and large counts, and which can be 0.

Reference: Verhulst 1838 (logistic growth); Anscombe, Biometrika 1948; 35:246 (square roots of counts).
"""

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from isocenter.core.record import Record

Growth = Literal["exponential", "logistic"]
LEAST_TIMES = {"exponential": 3, "logistic": 5}
"""Times with a count that a curve needs: one more than it has numbers, and two for the one that bends."""
PLATEAU = 0.8
"""A plateau is seen when the fitted curve has reached this share of its capacity by the last time."""
_TOO_STEEP = 5.0


class GrowthFit(Record):
    """One fitted curve; NaN throughout where it was refused."""

    growth: Growth
    rate: float
    """Per hour, far below the capacity. Negative where cells die."""
    start: float
    """Count at hour 0."""
    capacity: float
    """inf for exponential growth."""
    refused: str = ""
    """Why there is no curve."""

    @property
    def doubling_h(self) -> float:
        """Hours in which the count doubles far below the capacity; inf where nothing grows, NaN where nothing was fitted."""
        if math.isnan(self.rate):
            return math.nan
        return math.log(2) / self.rate if self.rate > 0 else math.inf

    def at(self, hours: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the fitted counts at some times."""
        return _curve(np.asarray(hours, float), self.start, self.rate, self.capacity)


def fit_growth(
    hours: NDArray[np.floating],
    counts: NDArray[np.floating],
    growth: Growth,
    *,
    capacity: float | None = None,
    plateau: float = PLATEAU,
) -> GrowthFit:
    """Fit one curve.

    hours    : (N,)
    counts   : (N,), 0 or more; NaN = not counted, left out
    capacity : of a logistic curve, where it is known from elsewhere; then no plateau need be seen
    plateau  : share of the capacity that must be reached for it to be seen
    return   : a fit; refused with too few times, without any cell, or, for a logistic curve, when its plateau is not seen
    """
    known = np.isfinite(hours) & np.isfinite(counts)
    t, n = np.asarray(hours, float)[known], np.asarray(counts, float)[known]
    different = len(np.unique(t))
    if different < LEAST_TIMES[growth]:
        return _refused(growth, f"{different} times with a count, {growth} growth needs {LEAST_TIMES[growth]}")
    if n.max() <= 0:
        return _refused(growth, "no cell at any time")
    exponential = _exponential(t, n)
    if growth == "exponential":
        return exponential
    return _logistic(t, n, exponential, capacity, plateau)


def curvature(hours: NDArray[np.floating], counts: NDArray[np.floating]) -> float:
    """Return by which share the growth rate falls from the first to the last time: 0 for exponential growth, 1 when it has stopped.

    From a parabola through the logarithms of the counts, weighted by the counts. NaN with fewer than 4 times or without growth.
    """
    known = np.isfinite(hours) & np.isfinite(counts)
    t, n = np.asarray(hours, float)[known], np.asarray(counts, float)[known]
    if len(np.unique(t)) < 4 or n.max() <= 0:
        return math.nan
    span = t.max() - t.min()
    b = np.polyfit((t - t.min()) / span, np.log(n + 0.5), 2, w=np.sqrt(n + 0.5))
    return float(-2 * b[0] / b[1]) if b[1] > 0 else math.nan


def _exponential(t: NDArray[np.float64], n: NDArray[np.float64]) -> GrowthFit:
    line = np.polyfit(t, np.log(n + 0.5), 1, w=np.sqrt(n + 0.5))
    first = np.array([line[1], np.clip(line[0], -_TOO_STEEP, _TOO_STEEP)])
    root = np.sqrt(n)

    def off(q: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.exp(np.clip((q[0] + q[1] * t) / 2, -300, 300)) - root)

    def slope(q: NDArray[np.float64]) -> NDArray[np.float64]:
        half = np.exp(np.clip((q[0] + q[1] * t) / 2, -300, 300)) / 2
        return np.stack([half, half * t], 1)

    found = least_squares(off, first, jac=slope, x_scale=[1.0, 0.1])
    return GrowthFit(growth="exponential", rate=float(found.x[1]), start=float(np.exp(found.x[0])), capacity=math.inf)


def _logistic(
    t: NDArray[np.float64], n: NDArray[np.float64], exponential: GrowthFit, known: float | None, plateau: float
) -> GrowthFit:
    top, root = float(n.max()) if known is None else known, np.sqrt(n)
    early = t <= np.median(t)
    steep = np.polyfit(t[early], np.log(n[early] + 0.5), 1)[0] if len(np.unique(t[early])) > 1 else exponential.rate
    guess = np.log([max(min(exponential.start, top / 2), 0.5), max(steep, 1e-3), 1.1 * top])

    def numbers(q: NDArray[np.float64]) -> tuple[float, float, float]:
        start, rate, *free = np.exp(np.clip(q, -30, 30)).tolist()
        return start, rate, free[0] if known is None else known

    def off(q: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.sqrt(_curve(t, *numbers(q))) - root

    found = least_squares(off, guess if known is None else guess[:2])
    start, rate, capacity = numbers(found.x)
    fit = GrowthFit(growth="logistic", rate=rate, start=start, capacity=capacity)
    if known is not None:
        return fit
    reached = float(fit.at(np.array([t.max()]))[0]) / capacity
    if reached < plateau:
        share = f"{reached:.0%}" if reached >= 0.005 else "less than 1%"
        return _refused("logistic", f"the plateau is not seen: the last count is {share} of the fitted capacity")
    if start > capacity * PLATEAU:
        return _refused("logistic", "only the plateau is seen: the first count is already at the capacity")
    return fit


def _curve(t: NDArray[np.float64], start: float, rate: float, capacity: float) -> NDArray[np.float64]:
    if math.isinf(capacity):
        return np.asarray(start * np.exp(np.clip(rate * t, -300, 300)))
    return np.asarray(capacity / (1 + (capacity / start - 1) * np.exp(np.clip(-rate * t, -300, 300))))


def _refused(growth: Growth, why: str) -> GrowthFit:
    return GrowthFit(growth=growth, rate=math.nan, start=math.nan, capacity=math.nan, refused=why)
