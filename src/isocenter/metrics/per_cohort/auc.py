"""Area under the ROC curve of a class; for more than two classes, each against the rest, averaged.

Out:  a probability in [0, 1], 0.5 = chance, ties half. NaN when only one class is present.
Reference: Hanley & McNeil, Radiology 1982; 143:29.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import SCORES, Value
from isocenter.metrics.cohort_values import score_table
from isocenter.metrics.ranking import weighted_auc
from isocenter.metrics.ratio import mean_of_known


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the AUC for each row of weights. Two classes: of the second one. More: mean over classes both present and absent."""
    table = score_table(truths, answers)
    known = table.assessed
    used = np.asarray(weights, float)[:, known]
    first = 1 if len(table.names) == 2 else 0
    each = [weighted_auc(table.answer[known, k], table.true_class[known] == k, used) for k in range(first, len(table.names))]
    return mean_of_known(each, len(used))


MEASURES = SCORES
METRIC = CohortMetric(
    name="auc",
    unit="1",
    function=measure,
    better="higher",
    cite="Hanley & McNeil, Radiology 1982; 143:29",
    each=measure,
    within_folds=True,
    auc=True,
)
