"""Pearson's correlation of answer and truth.

Out:  in [-1, 1]; blind to bias and to scale. NaN when one side does not vary.
Reference: Pearson, Proc R Soc Lond 1895; 58:240.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import AMOUNTS, Value
from isocenter.metrics import amount_agreement
from isocenter.metrics.cohort_values import amount_table


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return Pearson's r for each row of weights; interval labels are left out."""
    table = amount_table(truths, answers)
    known = np.isfinite(table.truth) & np.isfinite(table.answer)
    sums = amount_agreement.moments(table.truth[known], table.answer[known], np.asarray(weights, float)[:, known])
    return amount_agreement.pearson(sums)


MEASURES = AMOUNTS
METRIC = CohortMetric(
    name="pearson",
    unit="1",
    function=measure,
    better="higher",
    cite="Pearson, Proc R Soc Lond 1895; 58:240",
)
