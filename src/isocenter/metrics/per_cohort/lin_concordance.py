"""Lin's concordance: correlation, brought down by bias and by a wrong scale.

Out:  in [-1, 1]. NaN when nothing varies.
Reference: Lin, Biometrics 1989; 45:255.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import AMOUNTS, Value
from isocenter.metrics import amount_agreement
from isocenter.metrics.cohort_values import amount_table


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return Lin's concordance for each row of weights; interval labels are left out."""
    table = amount_table(truths, answers)
    known = np.isfinite(table.truth) & np.isfinite(table.answer)
    sums = amount_agreement.moments(table.truth[known], table.answer[known], np.asarray(weights, float)[:, known])
    return amount_agreement.lin_concordance(sums)


MEASURES = AMOUNTS
METRIC = CohortMetric(
    name="lin_concordance",
    unit="1",
    function=measure,
    better="higher",
    cite="Lin, Biometrics 1989; 45:255",
)
