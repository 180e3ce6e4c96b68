"""F1: the harmonic mean of sensitivity and positive predictive value; of two classes the second's, else the mean over classes.

Out:  in [0, 1]; probability from 0.5 on counts as yes, of more than two classes the largest. NaN when nothing is there and nothing
    called.
Reference: van Rijsbergen, Information Retrieval, 1979, chapter 7.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import SCORES, Value
from isocenter.metrics.against_rest import over_classes
from isocenter.metrics.decisions import called_of, two_class_counts


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the F1 of two classes for each row of weights."""
    return two_class_counts(truths, answers, weights).f1


def overlap(truths: Sequence[Value], answers: Sequence[Value]) -> NDArray[np.bool_]:
    """Return the cases that have it or are called: all that F1 is made of."""
    found = called_of(truths, answers)
    return found.known & (found.positive | found.called)


MEASURES = SCORES
METRIC = CohortMetric(
    name="f1",
    unit="1",
    function=over_classes(measure, decided=True),
    better="higher",
    cite="van Rijsbergen, Information Retrieval, 1979, chapter 7",
    each=measure,
    decides=True,
    overlap=overlap,
)
