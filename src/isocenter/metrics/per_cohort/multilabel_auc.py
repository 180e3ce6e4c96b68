"""AUC of every finding, averaged over findings; a finding not assessed in a case does not count there.

Out:  a probability in [0, 1], 0.5 = chance. NaN when no finding is both present and absent.
Reference: Hanley & McNeil, Radiology 1982; 143:29.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import SCORES, Value
from isocenter.metrics.cohort_values import score_table
from isocenter.metrics.per_cohort import auc
from isocenter.metrics.ranking import weighted_auc
from isocenter.metrics.ratio import mean_of_known


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the mean AUC over findings for each row of weights; findings without both outcomes are left out."""
    table = score_table(truths, answers)
    each = []
    for k in range(len(table.names)):
        known = ~np.isnan(table.truth[:, k]) & ~np.isnan(table.answer[:, k])
        each.append(weighted_auc(table.answer[known, k], table.truth[known, k] > 0.5, np.asarray(weights, float)[:, known]))
    return mean_of_known(each, len(weights))


MEASURES = SCORES
METRIC = CohortMetric(
    name="multilabel_auc",
    unit="1",
    function=measure,
    better="higher",
    cite="Hanley & McNeil, Radiology 1982; 143:29",
    each=auc.measure,
    within_folds=True,
    auc=True,
)
