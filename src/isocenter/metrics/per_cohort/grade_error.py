"""Grade error: by how many grades the answer is off, on average.

Out:  in grades, >= 0. NaN without cases.
Reference: Baccianella, Esuli & Sebastiani, ISDA 2009.
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
    """Return the mean absolute error in grades for each row of weights."""
    table = score_table(truths, answers)
    confusion = weighted_confusion(table.true_class, table.answered_class, len(table.names), weights)
    return agreement.grade_error(confusion)


MEASURES = ("class", "ordinal")
METRIC = CohortMetric(
    name="grade_error", unit="1", function=measure, better="lower", cite="Baccianella, Esuli & Sebastiani, ISDA 2009"
)
