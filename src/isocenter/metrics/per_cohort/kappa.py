"""Cohen's kappa: agreement of classes beyond chance, every miss as bad as any other.

Out:  1 = equal, 0 = chance. NaN when truth and answer are one class throughout.
Reference: Cohen, Educ Psychol Meas 1960; 20:37.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics import agreement
from isocenter.metrics.agreement import weighted_confusion
from isocenter.metrics.cohort_values import score_table


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return kappa for each row of weights."""
    table = score_table(truths, answers)
    confusion = weighted_confusion(table.true_class, table.answered_class, len(table.names), weights)
    return agreement.kappa(confusion)


MEASURES = ("class", "ordinal")
METRIC = CohortMetric(name="kappa", unit="1", function=measure, better="higher", cite="Cohen, Educ Psychol Meas 1960; 20:37")
