"""Upper limit of agreement: bias + 1.96 SD; of 40 answers one lies further above the truth.

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
    """Return the upper limit of agreement for each row of weights; interval labels are left out."""
    table = amount_table(truths, answers)
    known = np.isfinite(table.truth) & np.isfinite(table.answer)
    sums = amount_agreement.moments(table.truth[known], table.answer[known], np.asarray(weights, float)[:, known])
    return amount_agreement.limit_of_agreement(sums, upper=True)


MEASURES = AMOUNTS
METRIC = CohortMetric(
    name="upper_limit_of_agreement",
    unit="",
    function=measure,
    better="lower",
    cite="Bland & Altman, Lancet 1986; 327:307",
)
