"""Task: the question, the unit of the answer, the default and the baseline to beat. Data, not a subclass."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.record import Record
from isocenter.core.study import Target
from isocenter.core.value import Kind, Value


class Pair(Record):
    """A truth and the answer to it, and what a metric may need beside them."""

    case: str
    target: Target
    truth: Value
    answer: Value
    region: Mask | None = None
    """Where the truth was assessed (scope "region:…"); None = everywhere."""
    extras: Mapping[str, Value] = field(default_factory=dict)
    """The prediction's extras: probability maps, detections."""


CaseMetric = Callable[[Pair], Sequence[Measurement]]
"""One case measured; a name per quantity."""


class CohortMetric(Record):
    """A number that exists only for many cases: AUC, kappa, concordance."""

    name: str
    unit: str
    function: Callable[[Sequence[Value], Sequence[Value], NDArray[np.floating]], NDArray[np.floating]]
    """(truths, answers, weights (B, N): a resample a row) -> (B,)."""
    better: Literal["higher", "lower"] = "higher"
    cite: str = ""


class Task(Record):
    """Data. Methods name their task (card.task), so adding one edits nothing here."""

    name: str
    question: str
    answers: frozenset[Kind]
    primary: str
    """The measurement or cohort metric the claim is made with."""
    better: Literal["higher", "lower"]
    default: str
    """The method used when the study names none."""
    baseline: str
    per_case: tuple[CaseMetric, ...]
    per_cohort: tuple[CohortMetric, ...] = ()
