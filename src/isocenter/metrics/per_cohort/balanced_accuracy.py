"""Balanced accuracy: the mean recall of the classes, so that a frequent class does not carry the number.

Out:  a share in [0, 1], chance = 1 / number of classes present. NaN without cases.
Reference: Brodersen et al., ICPR 2010.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics import agreement
from isocenter.metrics.agreement import weighted_confusion
from isocenter.metrics.cohort_values import score_table
from isocenter.metrics.per_cohort.sensitivity import METRIC as SENSITIVITY


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return balanced accuracy for each row of weights."""
    table = score_table(truths, answers)
    confusion = weighted_confusion(table.true_class, table.answered_class, len(table.names), weights)
    return agreement.balanced_accuracy(confusion)


MEASURES = ("class", "ordinal")
METRIC = CohortMetric(
    name="balanced_accuracy",
    unit="1",
    function=measure,
    better="higher",
    cite="Brodersen et al., ICPR 2010",
    mean_of=SENSITIVITY,
)
