"""Root mean square error: how far the number is off, large misses weighing more.

Out:  in the unit of the truth, >= 0. NaN without assessed cases.
Reference: Willmott & Matsuura, Clim Res 2005; 30:79.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import AMOUNTS, Value
from isocenter.metrics import amount_agreement
from isocenter.metrics.cohort_values import amount_table


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the root mean square error for each row of weights; interval labels are left out."""
    table = amount_table(truths, answers)
    known = np.isfinite(table.truth) & np.isfinite(table.answer)
    sums = amount_agreement.moments(table.truth[known], table.answer[known], np.asarray(weights, float)[:, known])
    return amount_agreement.root_mean_square(sums)


MEASURES = AMOUNTS
METRIC = CohortMetric(
    name="root_mean_square_error",
    unit="",
    function=measure,
    better="lower",
    cite="Willmott & Matsuura, Clim Res 2005; 30:79",
)
