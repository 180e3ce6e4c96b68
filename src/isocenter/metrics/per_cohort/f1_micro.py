"""Micro F1 of findings: all findings of all cases counted together, so that a frequent one weighs more.

Out:  in [0, 1]; a probability from 0.5 on counts as yes. NaN when nothing is there and nothing called.
Reference: Sokolova & Lapalme, Inf Process Manag 2009; 45:427.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import SCORES, Value
from isocenter.metrics.cohort_values import score_table
from isocenter.metrics.decisions import THRESHOLD
from isocenter.metrics.ratio import ratio


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return micro F1 for each row of weights; what was not assessed does not count."""
    positive, called = _said(truths, answers)
    w = np.asarray(weights, float)
    twice = 2.0 * (w @ (positive & called).sum(axis=1))
    return ratio(twice, twice + w @ (positive ^ called).sum(axis=1))


def overlap(truths: Sequence[Value], answers: Sequence[Value]) -> NDArray[np.bool_]:
    """Return the cases of which a finding is there or called: all that micro F1 is made of."""
    positive, called = _said(truths, answers)
    return np.asarray((positive | called).any(axis=1))


def _said(truths: Sequence[Value], answers: Sequence[Value]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return what is there and what is called (N, K), of what was assessed and answered."""
    table = score_table(truths, answers)
    known = np.isfinite(table.truth) & np.isfinite(table.answer)
    return known & (table.truth > 0.5), known & (table.answer >= THRESHOLD)


MEASURES = SCORES
METRIC = CohortMetric(
    name="f1_micro",
    unit="1",
    function=measure,
    better="higher",
    cite="Sokolova & Lapalme, Inf Process Manag 2009; 45:427",
    overlap=overlap,
)
