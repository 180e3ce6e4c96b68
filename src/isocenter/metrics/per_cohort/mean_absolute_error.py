"""Mean absolute error: how far the number is off, on average.

Out:  in the unit of the truth, >= 0. Inside an interval label the error is 0. NaN without assessed cases.
Reference: Willmott & Matsuura, Clim Res 2005; 30:79.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import AMOUNTS, Value
from isocenter.metrics.cohort_values import amount_table, weighted_mean


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the mean absolute error for each row of weights."""
    table = amount_table(truths, answers)
    return weighted_mean(np.abs(table.error), weights)


MEASURES = AMOUNTS
METRIC = CohortMetric(
    name="mean_absolute_error", unit="", function=measure, better="lower", cite="Willmott & Matsuura, Clim Res 2005; 30:79"
)
