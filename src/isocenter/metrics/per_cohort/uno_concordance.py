"""Uno's concordance: Harrell's, freed from the censoring by weighting with its inverse probability.

Out:  a probability in [0, 1], 0.5 = chance. NaN without comparable pairs.
Reference: Uno et al., Stat Med 2011; 30:1105; with competing events Wolbers et al., Biostatistics 2014; 15:526.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.cohort_values import survival_table
from isocenter.metrics.concordance import uno


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return Uno's C for each row of weights."""
    table = survival_table(truths, answers)
    known = np.isfinite(table.days) & np.isfinite(table.expected)
    used = np.asarray(weights, float)[:, known]
    return uno(table.days[known], table.end[known], table.expected[known], used)


MEASURES = ("survival",)
METRIC = CohortMetric(
    name="uno_concordance",
    unit="1",
    function=measure,
    better="higher",
    cite="Uno et al., Stat Med 2011; 30:1105; who had a competing event never has the event (Wolbers et al., Biostatistics 2014; "
    "15:526)",
    within_folds=True,
)
