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
from isocenter.metrics.against_rest import against_rest, names_of, of_findings, of_one
from isocenter.metrics.cohort_values import score_table
from isocenter.metrics.estimates.delong import delong, newcombe
from isocenter.metrics.estimates.interval import Interval, no_interval
from isocenter.metrics.estimates.mean import LEAST_PATIENTS, noted, unvaried
from isocenter.metrics.estimates.patient_bootstrap import DRAWS, patient_bootstrap
from isocenter.metrics.estimates.resampling import patient_codes
from isocenter.metrics.estimates.wilson import wilson
from isocenter.metrics.ratio import mean_of_known


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
    Estimate; value NaN where the metric is. With one case a patient and one model: Wilson's interval for a share of cases, DeLong's
    for a two-class AUC. Else the bootstrap over patients. NaN below 10 patients, noted "small n" below 20, never of zero width.
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
        folds=_several(folds, kept) if metric.within_folds else None,
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


def estimate_each(
    metric: CohortMetric,
    truths: Sequence[Value],
    answers: Sequence[Value],
    patients: Sequence[Any] | NDArray[Any],
    *,
    findings: bool,
    seed: int,
    folds: Sequence[str] | None = None,
    draws: int = DRAWS,
    group: str = "all",
    who: str = "model",
    part: str = "tune",
    target: str = "",
) -> list[Estimate]:
    """Return a cohort metric as a whole, then of every finding or class where it is defined for one.

    Parameters
    ----------
    metric : CohortMetric
        Of findings the whole is the mean over them.
    truths, answers : (N,)
        One a case; each finding has its own number of cases, those where it was assessed.
    patients : (N,)
        The patient of each case.
    findings : bool
        The names are findings (multilabel), not classes of which one is true.
    seed : int
        Every estimate draws its own resamples from it.
    folds : (N,), or None
        As in `estimate_cohort`.
    draws : int
        Resamples.
    group, who, part, target : str
        Copied into the Estimates.

    Returns
    -------
    Estimates named `<metric>` and `<metric>_<class>`; of two classes, and of metrics that are not defined for one, the whole alone.
    """
    names = names_of(truths)
    apart = metric.each is not None and (findings or len(names) > 2)
    problems = [(of_findings(metric) if findings else metric, truths, answers)]
    for place, name in enumerate(names if apart else ()):
        decided = metric.decides and not findings
        one = (against_rest(truths, place), against_rest(answers, place, decided=decided))
        problems.append((of_one(metric, name), *one))
    return [
        estimate_cohort(
            asked,
            truth,
            answer,
            patients,
            rng=np.random.default_rng(seed),
            folds=folds,
            draws=draws,
            group=group,
            who=who,
            part=part,
            target=target,
        )
        for asked, truth, answer in problems
    ]


def is_known(value: Value) -> bool:
    """Tell whether a truth was assessed, or an answer given: not NaN throughout."""
    if isinstance(value, Scores):
        return bool(np.isfinite(value.p).any())
    if isinstance(value, Amount):
        return any(math.isfinite(x) for x in (value.value, value.low, value.high))
    if isinstance(value, Survival):
        return bool(len(value.days) and np.isfinite(value.days).any())
    return True


def fold_means(
    metric: CohortMetric,
    truths: Sequence[Value],
    answers: Sequence[Value],
    weights: NDArray[np.float64],
    folds: NDArray[np.str_] | None,
) -> NDArray[np.floating]:
    """Return a metric for each row of weights (B, N): on all cases, or within folds (N,) and averaged over them."""
    if folds is None:
        return metric.function(truths, answers, weights)
    each = []
    for fold in np.unique(folds):
        here = [int(i) for i in np.flatnonzero(folds == fold)]
        each.append(metric.function([truths[i] for i in here], [answers[i] for i in here], weights[:, here]))
    return mean_of_known(each, len(weights))


def unvaried_part(
    metric: CohortMetric, truths: Sequence[Value], answers: Sequence[Value], codes: NDArray[np.intp], value: float
) -> Interval:
    """Return Wilson's interval of a number of two classes that is 0 or 1, with the patients it is made of as trials.

    Patients without a case in the ratio tell nothing of it. F1 is 2 s / (1 + s) of the share s it is made of.
    """
    counted = metric.trials or metric.overlap
    chosen = np.ones(codes.size, bool) if counted is None else counted(truths, answers)
    found = unvaried(value, len(np.unique(codes[chosen])))
    if metric.overlap is None or not math.isfinite(found.low):
        return found
    low, high = (2 * end / (1 + end) for end in (found.low, found.high))
    return Interval(low=low, high=high, kind="Wilson over patients that count, as F1 (all cases agree)")


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
        return fold_means(self.metric, self.truths, self.answers, weights, self.folds)

    def interval(self, value: float, rng: np.random.Generator, draws: int) -> Interval:
        """Choose and make the interval."""
        if self.patients < LEAST_PATIENTS:
            return no_interval("too few patients")
        if math.isnan(value):
            return no_interval("not defined on these cases")
        single = self.patients == self.codes.size and self.folds is None
        share = self._trials()
        if single and share is not None:
            return wilson(round(value * int(share.sum())), int(share.sum()))
        scored = self._two_classes()
        if single and scored is not None:
            return delong(*scored)
        if scored is not None and value in (0.0, 1.0):
            positive = scored[1]
            with_one, with_other = (len(np.unique(self.codes[chosen])) for chosen in (positive, ~positive))
            return newcombe(value, with_one, with_other)
        made = patient_bootstrap(self.values, self.codes, rng=rng, draws=draws)
        return made if not made.width <= 1e-12 else self._unvaried(value)

    def _unvaried(self, value: float) -> Interval:
        """Return the interval of a number that no resample changes; of a mean over findings or classes the mean of theirs."""
        whole = self.metric.mean_of or self.metric
        names = names_of(self.truths)
        if self.metric.mean_of is None and (whole.each is None or len(names) <= 2):
            return unvaried_part(whole, self.truths, self.answers, self.codes, value)
        if whole.trials is None and whole.overlap is None:
            return unvaried(value, self.patients)
        decided = self.metric.decides
        each = [
            unvaried_part(whole, against_rest(self.truths, k), against_rest(self.answers, k, decided=decided), self.codes, value)
            for k in range(len(names))
        ]
        known = [one for one in each if math.isfinite(one.low)]  # the others have no such cases, and no part in the mean
        if not known:
            return no_interval("all values are equal")
        low, high = (float(np.mean([getattr(one, end) for one in known])) for end in ("low", "high"))
        return Interval(low=low, high=high, kind="mean of Wilson's over patients of each (all cases agree)")

    def _trials(self) -> NDArray[np.bool_] | None:
        """Return which cases a share is of; None when the metric is no share, or is averaged over classes."""
        if self.metric.trials is None or (self.metric.each is not None and len(names_of(self.truths)) > 2):
            return None
        return self.metric.trials(self.truths, self.answers)

    def _two_classes(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]] | None:
        """Return scores and truth of an AUC of two classes; None for any other metric."""
        if not self.metric.auc or self.metric.each not in (None, self.metric.function):
            return None
        table = score_table(self.truths, self.answers)
        return (table.answer[:, 1], table.true_class == 1) if len(table.names) == 2 else None


def _unit_of(truths: Sequence[Value]) -> str:
    return next((t.unit for t in truths if isinstance(t, Amount)), "1")


def _several(folds: Sequence[str] | None, kept: Sequence[int]) -> NDArray[np.str_] | None:
    """Return the folds of the kept cases; None when one model answered them all."""
    chosen = None if folds is None else np.asarray(folds, dtype=str)[list(kept)]
    return None if chosen is None or np.unique(chosen).size < 2 else chosen
