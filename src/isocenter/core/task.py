"""Task: the question, the unit of the answer, the default and the baselines to beat. Data, not a subclass."""

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
    """Where the truth was assessed (scope "region:…" or "slice:…"); None = everywhere."""
    extras: Mapping[str, Value] = field(default_factory=dict)
    """The prediction's extras: probability maps, detections."""


CaseMetric = Callable[[Pair], Sequence[Measurement]]
"""One case measured; a name per quantity."""


CohortFunction = Callable[[Sequence[Value], Sequence[Value], NDArray[np.floating]], NDArray[np.floating]]
"""(truths, answers, weights (B, N): a resample a row) -> (B,)."""


class CohortMetric(Record):
    """A number that exists only for many cases: AUC, kappa, concordance."""

    name: str
    unit: str
    function: CohortFunction
    better: Literal["higher", "lower"] = "higher"
    cite: str = ""
    each: CohortFunction | None = None
    """The same number of Scores of two classes (no, yes). Where it is given, every finding, and every class of more than two, is
    also estimated against the rest, as `<name>_<class>`; of findings the whole is the mean over them."""
    decides: bool = False
    """It reads what was decided: of more than two classes the one of largest probability."""
    within_folds: bool = False
    """It ranks, and scores of two models are not on one scale: under cross-validation it is computed within folds and averaged."""
    trials: Callable[[Sequence[Value], Sequence[Value]], NDArray[np.bool_]] | None = None
    """Of which cases (N,) it is a share: Wilson's interval where each patient has one case. None = it is no share."""
    overlap: Callable[[Sequence[Value], Sequence[Value]], NDArray[np.bool_]] | None = None
    """Of which cases (N,) it is made, if it is 2 s / (1 + s) of the share s of them that is right, as F1 is: there or called."""
    mean_of: "CohortMetric | None" = None
    """It is the mean of this number over findings, or over classes against the rest."""
    auc: bool = False
    """It is an area under the ROC curve: of two classes DeLong's interval and test where each patient has one case."""


Keep = Callable[[Value], Value | None] | None
"""What is kept of a truth or an answer that is too large to keep of every case; None = nothing."""


class Task(Record):
    """Data. Methods name their task (card.task), so adding one edits nothing here."""

    name: str
    question: str
    answers: frozenset[Kind]
    primary: str
    """The measurement or cohort metric the claim is made with; "" where every target is measured by its own kind's task."""
    better: Literal["higher", "lower"]
    default: str
    """The method used when the study names none."""
    baselines: tuple[str, ...]
    """Methods that stand beside the study's own where the study names none, the simplest first: the floor."""
    per_case: tuple[CaseMetric, ...]
    per_cohort: tuple[CohortMetric, ...] = ()
    skill: str = ""
    """Measurement of a case, an error, of which skill is made: 1 - its mean / the mean of the floor's. "" = none is given."""
    keep: Keep = None
    """What the cohort's metrics get of images and masks."""
    by_name: bool = False
    """Only for studies that name it: its kinds are another task's otherwise."""
    one_each: bool = False
    """A case has one place of each kind at most: none is one of many, to be counted or ranked among false ones."""
    requests: bool = False
    """A case asks for something new (a seed, a class): it needs no input."""
    pictures: bool = False
    """Some of its methods read pictures of two axes alone; told here, so that to ask imports none of them."""

    @property
    def floor(self) -> str:
        """The simplest baseline, which every study of the task carries unless it names others."""
        return self.baselines[0]
