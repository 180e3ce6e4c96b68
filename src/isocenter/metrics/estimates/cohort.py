"""A cohort metric with the interval PROTOCOLS asks for.

In:   a CohortMetric, truths and answers, the patient of each case, optionally its fold.
Out:  core Estimate.
Not:  no means of per-case measurements (mean.py).
Reference: docs/explanation/intervals.md says which interval is chosen when, and why.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import StudyError
from isocenter.core.estimate import Estimate
from isocenter.core.scores import Scores
from isocenter.core.survival import Survival
from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.cohort_values import score_table
from isocenter.metrics.estimates.delong import delong, newcombe
from isocenter.metrics.estimates.interval import Interval, no_interval
from isocenter.metrics.estimates.mean import LEAST_PATIENTS, noted, unvaried
from isocenter.metrics.estimates.patient_bootstrap import DRAWS, patient_bootstrap
from isocenter.metrics.estimates.resampling import patient_codes
from isocenter.metrics.estimates.wilson import wilson
from isocenter.metrics.ratio import mean_of_known

RANKING = frozenset({"auc", "multilabel_auc", "concordance", "uno_concordance", "spearman"})
"""Scores of two models are not on one scale: under cross-validation these are computed within folds and averaged."""


def estimate_cohort(
    metric: CohortMetric,
    truths: Sequence[Value],
    answers: Sequence[Value],
    patients: Sequence[Any] | NDArray[Any],
    *,
    rng: np.random.Generator,
    folds: Sequence[str] | None = None,
    draws: int = DRAWS,
    group: str = "all",
    who: str = "model",
    part: str = "tune",
    target: str = "",
) -> Estimate:
    """Return a cohort metric on the cases that were assessed and answered.

    Parameters
    ----------
    metric : CohortMetric
        Its unit "" stands for that of the truth.
    truths, answers : (N,)
        One a case; a truth of NaN (not assessed) is counted in `excluded`.
    patients : (N,)
        The patient of each case. StudyError if the lengths differ.
    rng : Generator
        For the resampling.
    folds : (N,), or None
        The fold whose model answered each case. Metrics of ranking are then computed within folds and averaged, unless all
        cases are of one fold.
    draws : int
        Resamples.
    group, who, part, target : str
        Copied into the Estimate.

    Returns
    -------
    Estimate; value NaN where the metric is. With one case a patient and one model: Wilson's interval for accuracy, DeLong's for a
    two-class AUC. Else the bootstrap over patients. NaN below 10 patients, noted "small n" below 20, never of zero width.
    """
    if not len(truths) == len(answers) == len(patients):
        raise StudyError(f"expected one answer and one patient a truth, got {len(truths)}, {len(answers)}, {len(patients)}.")
    known = np.array([is_known(t) and is_known(a) for t, a in zip(truths, answers, strict=True)], bool)
    kept = [int(i) for i in np.flatnonzero(known)]
    problem = _Problem(
        metric=metric,
        truths=[truths[i] for i in kept],
        answers=[answers[i] for i in kept],
        codes=patient_codes(np.asarray(patients, dtype=str)[kept]),
        folds=_several(folds, kept) if metric.name in RANKING else None,
    )
    value = float(problem.values(np.ones((1, len(kept))))[0]) if kept else math.nan
    interval = noted(problem.interval(value, rng, draws), problem.patients)
    return Estimate(
        name=metric.name,
        value=value,
        unit=metric.unit or _unit_of(problem.truths),
        ci95=interval.ends,
        interval=interval.kind,
        patients=problem.patients,
        cases=len(kept),
        excluded=len(truths) - len(kept),
        group=group,
        who=who,
        part=part,
        target=target,
    )


def is_known(value: Value) -> bool:
    """Tell whether a truth was assessed, or an answer given: not NaN throughout."""
    if isinstance(value, Scores):
        return bool(np.isfinite(value.p).any())
    if isinstance(value, Amount):
        return any(math.isfinite(x) for x in (value.value, value.low, value.high))
    if isinstance(value, Survival):
        return bool(len(value.days) and np.isfinite(value.days).any())
    return True


class _Problem:
    """One metric on the assessed cases."""

    def __init__(
        self,
        *,
        metric: CohortMetric,
        truths: list[Value],
        answers: list[Value],
        codes: NDArray[np.intp],
        folds: NDArray[np.str_] | None,
    ) -> None:
        self.metric, self.truths, self.answers, self.codes, self.folds = metric, truths, answers, codes, folds
        self.patients = int(codes.max()) + 1 if codes.size else 0

    def values(self, weights: NDArray[np.float64]) -> NDArray[np.floating]:
        """Return the metric for each row of weights (B, N), within folds and averaged where folds are given."""
        if self.folds is None:
            return self.metric.function(self.truths, self.answers, weights)
        each = []
        for fold in np.unique(self.folds):
            here = np.flatnonzero(self.folds == fold)
            truths, answers = [self.truths[i] for i in here], [self.answers[i] for i in here]
            each.append(self.metric.function(truths, answers, weights[:, here]))
        return mean_of_known(each, len(weights))

    def interval(self, value: float, rng: np.random.Generator, draws: int) -> Interval:
        """Choose and make the interval."""
        if self.patients < LEAST_PATIENTS:
            return no_interval("too few patients")
        if math.isnan(value):
            return no_interval("not defined on these cases")
        single = self.patients == self.codes.size and self.folds is None
        if single and self.metric.name == "accuracy":
            return wilson(round(value * self.patients), self.patients)
        scored = self._two_classes()
        if single and scored is not None:
            return delong(*scored)
        if scored is not None and value in (0.0, 1.0):
            positive = scored[1]
            with_one, with_other = (len(np.unique(self.codes[chosen])) for chosen in (positive, ~positive))
            return newcombe(value, with_one, with_other)
        made = patient_bootstrap(self.values, self.codes, rng=rng, draws=draws)
        return made if not made.width <= 1e-12 else unvaried(value, self.patients)

    def _two_classes(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
        """Return scores and truth of an AUC of two classes; None for any other metric."""
        if self.metric.name != "auc":
            return None
        table = score_table(self.truths, self.answers)
        return (table.answer[:, 1], table.true_class == 1) if len(table.names) == 2 else None


def _unit_of(truths: Sequence[Value]) -> str:
    return next((t.unit for t in truths if isinstance(t, Amount)), "1")


def _several(folds: Sequence[str] | None, kept: Sequence[int]) -> NDArray[np.str_] | None:
    """Return the folds of the kept cases; None when one model answered them all."""
    chosen = None if folds is None else np.asarray(folds, dtype=str)[list(kept)]
    return None if chosen is None or np.unique(chosen).size < 2 else chosen
