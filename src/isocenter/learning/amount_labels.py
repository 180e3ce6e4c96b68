"""Amounts as numbers a loss takes: exact labels and interval labels alike.

In:   Amount.
Out:  (low, high), equal where the amount is known exactly; NaN, NaN where it was not assessed.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from isocenter.core.amount import Amount
from isocenter.core.value import Value


def amount_ends(value: Value) -> NDArray[np.float32]:
    """Return (low, high) (2,); an open end of an interval is infinite."""
    if not isinstance(value, Amount):
        return np.full(2, np.nan, np.float32)
    if math.isnan(value.low) and math.isnan(value.high):
        return np.array([value.value, value.value], np.float32)
    low = -math.inf if math.isnan(value.low) else value.low
    high = math.inf if math.isnan(value.high) else value.high
    return np.array([low, high], np.float32)


def amount_middle(value: Value) -> float:
    """Return the amount, or the middle of its interval; the known end where the other is open. NaN = not assessed."""
    low, high = (float(v) for v in amount_ends(value))
    if math.isinf(low) or math.isinf(high):
        return low if math.isfinite(low) else high if math.isfinite(high) else math.nan
    return (low + high) / 2


def mean_share(labels: Sequence[Value], *, whole: float) -> float:
    """Return the mean share of labels whose whole is 1 or 100 (intervals by their middles), in [0.005, 0.995]; 0.5 without any."""
    middles = np.array([amount_middle(label) for label in labels], float) / whole
    known = middles[np.isfinite(middles)]
    return round(float(np.clip(known.mean(), 0.005, 0.995)), 6) if len(known) else 0.5


def outside(value: Tensor, truth: Tensor) -> Tensor:
    """Return how far values (N,) lie outside their interval truths (N, 2), ≥ 0."""
    return (value - truth[:, 1]).clamp_min(0) + (truth[:, 0] - value).clamp_min(0)
