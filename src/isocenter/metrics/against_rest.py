"""One class or finding against the rest: Scores of many names become Scores of two (no, yes).

In:   truths and answers of kind class, multilabel or ordinal.
Out:  the same cases as a question of two classes; functions of two classes averaged over classes or findings.
Not:  no metric.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.scores import Scores
from isocenter.core.task import CohortFunction, CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.ratio import mean_of_known


def names_of(values: Sequence[Value]) -> tuple[str, ...]:
    """Return the names the first value scores; () when it scores nothing."""
    return values[0].names if values and isinstance(values[0], Scores) else ()


def against_rest(values: Sequence[Value], place: int, *, decided: bool = False) -> list[Value]:
    """Return each case's score of one name as Scores of two classes, (no, yes).

    place   : index of the name
    decided : take 1 where the name has the largest score, else 0, in place of the score itself
    return  : NaN where it was not assessed. StudyError for anything but Scores.
    """
    return [_two(value, place, decided) for value in values]


def over_findings(function: CohortFunction) -> CohortFunction:
    """Return the mean over findings of a function of two classes; each on the cases where the finding was assessed."""

    def mean(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
        each = []
        for place in range(len(names_of(truths))):
            truth, answer = against_rest(truths, place), against_rest(answers, place)
            known = np.array([_known(t) and _known(a) for t, a in zip(truth, answer, strict=True)], bool)
            kept = [int(i) for i in np.flatnonzero(known)]
            each.append(function([truth[i] for i in kept], [answer[i] for i in kept], np.asarray(weights)[:, known]))
        return mean_of_known(each, len(weights))

    return mean


def over_classes(function: CohortFunction, *, decided: bool = False) -> CohortFunction:
    """Return a function of two classes made fit for more: of two it is the second's, of more the mean of each against the rest."""

    def mean(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
        names = names_of(truths)
        if len(names) <= 2:
            return function(truths, answers, weights)
        each = [function(against_rest(truths, k), against_rest(answers, k, decided=decided), weights) for k in range(len(names))]
        return mean_of_known(each, len(weights))

    return mean


def of_findings(metric: CohortMetric) -> CohortMetric:
    """Return the metric as it is read for findings: the mean over them, if it is defined for one."""
    if metric.each is None:
        return metric
    return _like(metric, name=metric.name, function=over_findings(metric.each), two=False)


def of_one(metric: CohortMetric, name: str) -> CohortMetric:
    """Return the metric of one class or finding, for cases made by `against_rest`. StudyError if it has none."""
    if metric.each is None:
        raise StudyError(f"metric {metric.name} is not defined for one class. Ask for it as a whole.")
    return _like(metric, name=f"{metric.name}_{name.replace(' ', '_')}", function=metric.each, two=True)


def _like(metric: CohortMetric, *, name: str, function: CohortFunction, two: bool) -> CohortMetric:
    return CohortMetric(
        name=name,
        unit=metric.unit,
        function=function,
        better=metric.better,
        cite=metric.cite,
        within_folds=metric.within_folds,
        trials=metric.trials if two else None,
        overlap=metric.overlap if two else None,
        mean_of=None if two else metric,
        auc=metric.auc and two,
    )


def _two(value: Value, place: int, decided: bool) -> Scores:
    if not isinstance(value, Scores):
        raise StudyError(f"expected scores of classes, got {type(value).__name__}. Ask for metrics that fit the target's type.")
    yes = float(value.p[place])
    if decided and not math.isnan(yes):
        yes = float(value.best == place)
    return Scores(p=np.array([1.0 - yes, yes]), names=("no", "yes"))


def _known(value: Value) -> bool:
    return isinstance(value, Scores) and bool(np.isfinite(value.p).all())
