"""Calibration slope: 1 = the spread of the probabilities is right, below 1 = too sure, above 1 = too timid.

Out:  the slope of a logistic regression of the truth on logit(p). Of more than two classes and of findings the mean of each against
    the rest. NaN where the classes are separated or one is absent.
Reference: Cox, Biometrika 1958; 45:562.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import SCORES, Value
from isocenter.metrics.against_rest import over_classes
from isocenter.metrics.calibration import calibration_slope
from isocenter.metrics.decisions import probabilities


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the calibration slope of two classes for each row of weights."""
    table = probabilities(truths, answers)
    return calibration_slope(table.probability, table.positive, np.asarray(weights, float)[:, table.known])


MEASURES = SCORES
METRIC = CohortMetric(
    name="calibration_slope",
    unit="1",
    function=over_classes(measure),
    better="higher",
    cite="Cox, Biometrika 1958; 45:562",
    each=measure,
)
