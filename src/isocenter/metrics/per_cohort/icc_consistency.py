"""ICC(C,1): as ICC(A,1), but a constant bias is forgiven.

Out:  at most 1. NaN below two cases.
Reference: McGraw & Wong, Psychol Methods 1996; 1:30.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import AMOUNTS, Value
from isocenter.metrics import amount_agreement
from isocenter.metrics.cohort_values import amount_table


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return ICC(C,1) for each row of weights; interval labels are left out."""
    table = amount_table(truths, answers)
    known = np.isfinite(table.truth) & np.isfinite(table.answer)
    sums = amount_agreement.moments(table.truth[known], table.answer[known], np.asarray(weights, float)[:, known])
    return amount_agreement.intraclass(sums, absolute=False)


MEASURES = AMOUNTS
METRIC = CohortMetric(
    name="icc_consistency",
    unit="1",
    function=measure,
    better="higher",
    cite="McGraw & Wong, Psychol Methods 1996; 1:30",
)
