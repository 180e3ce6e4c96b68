"""Spearman's rank correlation of answer and truth.

Out:  in [-1, 1]. NaN when truth or answer does not vary.
Reference: Spearman, Am J Psychol 1904; 15:72.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import AMOUNTS, Value
from isocenter.metrics import correlation
from isocenter.metrics.cohort_values import amount_table


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return Spearman's rho for each row of weights; interval labels are left out."""
    table = amount_table(truths, answers)
    known = np.isfinite(table.truth) & np.isfinite(table.answer)
    return correlation.spearman(table.truth[known], table.answer[known], np.asarray(weights, float)[:, known])


MEASURES = AMOUNTS
METRIC = CohortMetric(
    name="spearman",
    unit="1",
    function=measure,
    better="higher",
    cite="Spearman, Am J Psychol 1904; 15:72",
    within_folds=True,
)
