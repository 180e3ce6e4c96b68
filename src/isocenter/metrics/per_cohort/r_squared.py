"""R squared: the share of the variance of the truth that the answer accounts for.

Out:  at most 1; 0 = no better than the mean of these cases, below 0 = worse. NaN when the truth does not vary.
Reference: Kvalseth, Am Stat 1985; 39:279 (his R1).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import AMOUNTS, Value
from isocenter.metrics import amount_agreement
from isocenter.metrics.cohort_values import amount_table


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return R squared for each row of weights; interval labels are left out."""
    table = amount_table(truths, answers)
    known = np.isfinite(table.truth) & np.isfinite(table.answer)
    sums = amount_agreement.moments(table.truth[known], table.answer[known], np.asarray(weights, float)[:, known])
    return amount_agreement.r_squared(sums)


MEASURES = AMOUNTS
METRIC = CohortMetric(
    name="r_squared",
    unit="1",
    function=measure,
    better="higher",
    cite="Kvalseth, Am Stat 1985; 39:279 (his R1)",
)
