"""Interval coverage: of answers with an interval, the share whose truth lies inside. A 90 % interval should hold 90 %.

Out:  a share in [0, 1]. Answers without an interval, and truths known only as one, do not count; NaN without any.
Reference: Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World, 2005.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.task import CohortMetric
from isocenter.core.value import AMOUNTS, Value
from isocenter.metrics.cohort_values import amount_table, weighted_mean


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the coverage for each row of weights."""
    return weighted_mean(_inside(truths, answers), weights)


def trials(truths: Sequence[Value], answers: Sequence[Value]) -> NDArray[np.bool_]:
    """Return the cases with a truth and an interval."""
    return np.isfinite(_inside(truths, answers))


def _inside(truths: Sequence[Value], answers: Sequence[Value]) -> NDArray[np.float64]:
    """Return 1 inside, 0 outside, NaN where there is nothing to ask (N,)."""
    truth = amount_table(truths, answers).truth
    ends = np.array([(a.low, a.high) for a in answers if isinstance(a, Amount)], float).reshape(-1, 2)
    asked = np.isfinite(truth) & ~np.isnan(ends).any(axis=1)
    with np.errstate(invalid="ignore"):
        held = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
    return np.where(asked, held.astype(float), np.nan)


MEASURES = AMOUNTS
METRIC = CohortMetric(
    name="interval_coverage",
    unit="1",
    function=measure,
    better="higher",
    cite="Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World, 2005",
    trials=trials,
)
