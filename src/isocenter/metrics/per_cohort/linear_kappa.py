"""Linear kappa: agreement of grades beyond chance, a miss by two grades twice as bad as by one.

Out:  1 = equal, 0 = chance. NaN when truth and answer are one grade throughout.
Reference: Cohen, Psychol Bull 1968; 70:213.
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
    """Return linear kappa for each row of weights."""
    table = score_table(truths, answers)
    confusion = weighted_confusion(table.true_class, table.answered_class, len(table.names), weights)
    return agreement.linear_kappa(confusion)


MEASURES = ("class", "ordinal")
METRIC = CohortMetric(name="linear_kappa", unit="1", function=measure, better="higher", cite="Cohen, Psychol Bull 1968; 70:213")
