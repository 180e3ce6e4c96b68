"""What a reader writes about extent: one of six intervals.

In:   a proportion in [0, 1].
Out:  an Amount with low and high, as the visual score has it: 0, 1-5, 6-25, 26-50, 51-75, 76-100 %.
Not:  no masks (phantoms/raters.py).

A share is rounded to whole percent first, as a reader would; below 0.5 % it is scored 0.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.amount import Amount

INTERVALS = ((0, 0), (1, 5), (6, 25), (26, 50), (51, 75), (76, 100))
"""Percent, both ends included."""


def grade_of(share: float) -> int:
    """Return which of INTERVALS a proportion falls into."""
    percent = int(np.floor(100 * share + 0.5))
    return next(index for index, (_, high) in enumerate(INTERVALS) if percent <= high)


def score_of(share: float) -> Amount:
    """Return the interval a proportion is scored as; its value is the middle."""
    low, high = (bound / 100 for bound in INTERVALS[grade_of(share)])
    return Amount(value=(low + high) / 2, unit="1", low=low, high=high)


def read_extent(share: float, habits: Mapping[str, Any], rng: np.random.Generator) -> Amount:
    """Return a reader's score: the log-odds shifted by bias and spread; small extents missed, some invented.

    habits : bias, spread (log-odds), half_seen (extent noticed half of the time), false_rate
    """
    wander, coin = float(rng.standard_normal()), float(rng.random())
    if share <= 0:
        return score_of(0.03 if coin < habits["false_rate"] else 0.0)
    if coin > share / (share + habits["half_seen"]):
        return score_of(0.0)
    odds = np.log(share / max(1 - share, 1e-3)) + habits["bias"] + habits["spread"] * wander
    return score_of(float(1 / (1 + np.exp(-odds))))
