"""Bias: the mean of answer minus truth; positive = too high.

Out:  in the unit of the truth. Inside an interval label the error is 0. NaN without assessed cases.
Reference: Bland & Altman, Lancet 1986; 327:307.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import AMOUNTS, Value
from isocenter.metrics.cohort_values import amount_table, weighted_mean


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the bias for each row of weights."""
    table = amount_table(truths, answers)
    return weighted_mean(table.error, weights)


MEASURES = AMOUNTS
METRIC = CohortMetric(name="bias", unit="", function=measure, better="lower", cite="Bland & Altman, Lancet 1986; 327:307")
