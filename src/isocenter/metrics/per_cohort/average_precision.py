"""Average precision: the area under the precision-recall curve; it looks at the positives, where they are rare.

Out:  in [0, 1]; chance is the share of positives. Of more than two classes and of findings the mean of each against the rest.
    NaN when nobody has it.
Reference: Saito & Rehmsmeier, PLoS One 2015; 10:e0118432.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import SCORES, Value
from isocenter.metrics.against_rest import over_classes
from isocenter.metrics.decisions import probabilities
from isocenter.metrics.precision_recall import average_precision


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the average precision of two classes for each row of weights."""
    table = probabilities(truths, answers)
    return average_precision(table.probability, table.positive, np.asarray(weights, float)[:, table.known])


MEASURES = SCORES
METRIC = CohortMetric(
    name="average_precision",
    unit="1",
    function=over_classes(measure),
    better="higher",
    cite="Saito & Rehmsmeier, PLoS One 2015; 10:e0118432",
    each=measure,
    within_folds=True,
)
