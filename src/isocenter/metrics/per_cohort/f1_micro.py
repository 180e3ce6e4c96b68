"""Micro F1 of findings: all findings of all cases counted together, so that a frequent one weighs more.

Out:  in [0, 1]; a probability from 0.5 on counts as yes. NaN when nothing is there and nothing called.
Reference: Sokolova & Lapalme, Inf Process Manag 2009; 45:427.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.cohort_values import score_table
from isocenter.metrics.decisions import THRESHOLD
from isocenter.metrics.ratio import ratio


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return micro F1 for each row of weights; what was not assessed does not count."""
    table = score_table(truths, answers)
    known = np.isfinite(table.truth) & np.isfinite(table.answer)
    positive, called = known & (table.truth > 0.5), known & (table.answer >= THRESHOLD)  # (N, K)
    w = np.asarray(weights, float)
    twice = 2.0 * (w @ (positive & called).sum(axis=1))
    return ratio(twice, twice + w @ (positive ^ called).sum(axis=1))


METRIC = CohortMetric(
    name="f1_micro", unit="1", function=measure, better="higher", cite="Sokolova & Lapalme, Inf Process Manag 2009; 45:427"
)
