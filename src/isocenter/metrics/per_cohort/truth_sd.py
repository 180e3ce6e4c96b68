"""SD of the truth: how much the cases differ, beside which an ICC or a correlation is to be read.

Out:  in the unit of the truth. NaN below two cases.
Reference: Bland & Altman, Lancet 1986; 327:307.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import AMOUNTS, Value
from isocenter.metrics import amount_agreement
from isocenter.metrics.cohort_values import amount_table


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the SD of the truth for each row of weights; interval labels are left out."""
    table = amount_table(truths, answers)
    known = np.isfinite(table.truth) & np.isfinite(table.answer)
    sums = amount_agreement.moments(table.truth[known], table.answer[known], np.asarray(weights, float)[:, known])
    return amount_agreement.truth_deviation(sums)


MEASURES = AMOUNTS
METRIC = CohortMetric(
    name="truth_sd",
    unit="",
    function=measure,
    better="higher",
    cite="Bland & Altman, Lancet 1986; 327:307",
)
