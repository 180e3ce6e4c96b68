"""Specificity: of those who do not have it, the share that is not called (p below 0.5).

Out:  a share in [0, 1]. Of more than two classes and of findings the mean of each against the rest. NaN when everybody has it.
Reference: Altman & Bland, BMJ 1994; 308:1552.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import SCORES, Value
from isocenter.metrics.against_rest import over_classes
from isocenter.metrics.decisions import called_of, two_class_counts


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the specificity of two classes for each row of weights."""
    return two_class_counts(truths, answers, weights).specificity


def trials(truths: Sequence[Value], answers: Sequence[Value]) -> NDArray[np.bool_]:
    """Return the cases that do not have it."""
    found = called_of(truths, answers)
    return found.known & ~found.positive


MEASURES = SCORES
METRIC = CohortMetric(
    name="specificity",
    unit="1",
    function=over_classes(measure, decided=True),
    better="higher",
    cite="Altman & Bland, BMJ 1994; 308:1552",
    each=measure,
    decides=True,
    trials=trials,
)
