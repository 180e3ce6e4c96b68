"""The mean of the learning cases' amounts, with the interval a new patient's is expected in.

In:   counts, proportions or values; an interval label stands for its midpoint.
Out:  Amount.
Not:  no covariates.
"""

import math
from collections.abc import Sequence

import numpy as np
from scipy.stats import t

from isocenter.core.amount import Amount
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.methods._baselines.constant import Constant


def known_amount(amount: Amount) -> float:
    """Return the value of an amount, else the midpoint of its interval, else NaN (an interval open at one end has no midpoint)."""
    return amount.value if math.isfinite(amount.value) else (amount.low + amount.high) / 2


class MeanAmount(Constant):
    """The learning mean, and mean ± t·s·√(1 + 1/n) as the 95 % prediction interval, kept to what the kind allows."""

    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return the mean of what was assessed; None if nothing was. One label: no interval (NaN)."""
        values = np.array([known_amount(label) for label in labels if isinstance(label, Amount)], float)
        values = values[np.isfinite(values)]
        n = len(values)
        if n == 0:
            return None
        mean = float(values.mean())
        if n == 1:
            return Amount(value=mean, unit=target.unit)
        half = float(t.ppf(0.975, n - 1) * values.std(ddof=1) * math.sqrt(1 + 1 / n))
        least = 0.0 if target.type in ("count", "proportion") else -math.inf
        most = (100.0 if target.unit == "%" else 1.0) if target.type == "proportion" else math.inf
        return Amount(value=mean, unit=target.unit, low=max(mean - half, least), high=min(mean + half, most))
