"""Expected calibration error: how far stated and seen shares lie apart, over bins of equal mass.

Out:  in [0, 1]; above 0 by chance alone when cases are few. Of more than two classes and of findings the mean of each against
    the rest. NaN without cases.
Reference: Nixon et al., CVPR Workshops 2019, arXiv:1904.01685.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import SCORES, Value
from isocenter.metrics.against_rest import over_classes
from isocenter.metrics.calibration import expected_calibration_error
from isocenter.metrics.decisions import probabilities


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the calibration error of two classes for each row of weights."""
    table = probabilities(truths, answers)
    return expected_calibration_error(table.probability, table.positive, np.asarray(weights, float)[:, table.known])


MEASURES = SCORES
METRIC = CohortMetric(
    name="ece",
    unit="1",
    function=over_classes(measure),
    better="lower",
    cite="Nixon et al., CVPR Workshops 2019, arXiv:1904.01685",
    each=measure,
)
