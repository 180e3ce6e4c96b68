"""Amount: a count, a proportion or a value. A truth or an answer."""

import math

from isocenter.core.record import Record


class Amount(Record):
    """One number with its unit. low, high: an interval label, or the answer's 95 % prediction interval."""

    value: float
    unit: str
    low: float = math.nan
    high: float = math.nan
