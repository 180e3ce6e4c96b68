"""Brier score of a cohort: the mean squared distance of a probability from what was true.

Out:  in [0, 1]; always 0.5 gives 0.25. Of more than two classes and of findings the mean of each against the rest.
    NaN without cases.
Reference: Brier, Mon Weather Rev 1950; 78:1.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import SCORES, Value
from isocenter.metrics.against_rest import over_classes
from isocenter.metrics.calibration import brier
from isocenter.metrics.decisions import probabilities


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the Brier score of two classes for each row of weights."""
    table = probabilities(truths, answers)
    return brier(table.probability, table.positive, np.asarray(weights, float)[:, table.known])


MEASURES = SCORES
METRIC = CohortMetric(
    name="brier_score",
    unit="1",
    function=over_classes(measure),
    better="lower",
    cite="Brier, Mon Weather Rev 1950; 78:1",
    each=measure,
)
