"""Accuracy: the share of cases whose class is right.

Out:  a share in [0, 1]. Cases not assessed do not count; NaN without any.
Reference: Metrics Reloaded, arXiv:2206.01653.
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
    """Return accuracy for each row of weights."""
    table = score_table(truths, answers)
    confusion = weighted_confusion(table.true_class, table.answered_class, len(table.names), weights)
    return agreement.accuracy(confusion)


def trials(truths: Sequence[Value], answers: Sequence[Value]) -> NDArray[np.bool_]:
    """Return the cases whose class is known and answered."""
    return score_table(truths, answers).assessed


MEASURES = ("class", "ordinal")
METRIC = CohortMetric(
    name="accuracy",
    unit="1",
    function=measure,
    better="higher",
    cite="Metrics Reloaded, arXiv:2206.01653",
    trials=trials,
)
