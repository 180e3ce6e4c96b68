"""Interval: two ends and the kind of interval they are."""

import math

from isocenter.core.record import Record

LEVEL = 0.95
"""The product prints 95 % intervals and no others."""


class Interval(Record):
    """low <= high, or both NaN when there is no claim to make."""

    low: float
    high: float
    kind: str
    """How it was made, as the report prints it."""

    @property
    def ends(self) -> tuple[float, float]:
        """(low, high), as an Estimate holds them."""
        return (self.low, self.high)

    @property
    def width(self) -> float:
        """High minus low."""
        return self.high - self.low


def no_interval(reason: str) -> Interval:
    """Return the interval of a quantity nothing may be claimed of."""
    return Interval(low=math.nan, high=math.nan, kind=f"none: {reason}")
