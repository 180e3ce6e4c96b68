"""Negative predictive value: of those not called, the share that does not have it. It changes with how common it is.

Out:  a share in [0, 1]. Of more than two classes and of findings the mean of each against the rest.
    NaN when everything is called.
Reference: Altman & Bland, BMJ 1994; 309:102.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import SCORES, Value
from isocenter.metrics.against_rest import over_classes
from isocenter.metrics.decisions import called_of, two_class_counts


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the negative predictive value of two classes for each row of weights."""
    return two_class_counts(truths, answers, weights).negative_predictive_value


def trials(truths: Sequence[Value], answers: Sequence[Value]) -> NDArray[np.bool_]:
    """Return the cases that are not called."""
    found = called_of(truths, answers)
    return found.known & ~found.called


MEASURES = SCORES
METRIC = CohortMetric(
    name="negative_predictive_value",
    unit="1",
    function=over_classes(measure, decided=True),
    better="higher",
    cite="Altman & Bland, BMJ 1994; 309:102",
    each=measure,
    decides=True,
    trials=trials,
)
