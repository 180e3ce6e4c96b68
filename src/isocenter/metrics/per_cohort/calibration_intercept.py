"""Calibration intercept: 0 = the risk is right on average, above 0 = it is stated too low, below 0 = too high.

Out:  in log odds, the slope held at 1. Of more than two classes and of findings the mean of each against the rest.
    NaN where one class is absent.
Reference: Van Calster et al., J Clin Epidemiol 2016; 74:167.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import SCORES, Value
from isocenter.metrics.against_rest import over_classes
from isocenter.metrics.calibration import calibration_intercept
from isocenter.metrics.decisions import probabilities


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the calibration intercept of two classes for each row of weights."""
    table = probabilities(truths, answers)
    return calibration_intercept(table.probability, table.positive, np.asarray(weights, float)[:, table.known])


MEASURES = SCORES
METRIC = CohortMetric(
    name="calibration_intercept",
    unit="1",
    function=over_classes(measure),
    better="lower",
    cite="Van Calster et al., J Clin Epidemiol 2016; 74:167",
    each=measure,
)
