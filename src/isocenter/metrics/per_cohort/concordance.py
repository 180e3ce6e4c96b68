"""Harrell's concordance: of two patients, is the one who has the event first, or alone, expected to be free of it for shorter?

Out:  a probability in [0, 1], 0.5 = chance. NaN without comparable pairs.
Reference: Harrell et al., JAMA 1982; 247:2543; with competing events Wolbers et al., Epidemiology 2009; 20:555.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.cohort_values import survival_table
from isocenter.metrics.concordance import harrell


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return Harrell's C for each row of weights."""
    table = survival_table(truths, answers)
    known = np.isfinite(table.days) & np.isfinite(table.expected)
    used = np.asarray(weights, float)[:, known]
    return harrell(table.days[known], table.end[known], table.expected[known], used)


MEASURES = ("survival",)
METRIC = CohortMetric(
    name="concordance",
    unit="1",
    function=measure,
    better="higher",
    cite="Harrell et al., JAMA 1982; 247:2543; who had a competing event never has the event (Wolbers et al., Epidemiology 2009; "
    "20:555)",
    within_folds=True,
)
