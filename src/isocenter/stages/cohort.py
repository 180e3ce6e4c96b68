"""Cohort: measured cases become estimates and comparisons.

In:   rows of measurements (stages/evaluate.py).
Out:  Estimate per answerer, target, quantity and group; Comparison of the model with everything beside it.
Not:  no statistics of its own (metrics/estimates, metrics/tests_of_difference).
"""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from isocenter.core.comparison import Comparison
from isocenter.core.estimate import Estimate
from isocenter.core.task import CohortMetric, Task
from isocenter.metrics.estimates.cohort import estimate_cohort
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.metrics.tests_of_difference.permutation import compare_means

if TYPE_CHECKING:
    from isocenter.stages.evaluate import Row


def estimate_all(
    rows: Sequence["Row"], *, task: Task, cohort: Sequence[CohortMetric], groups: Sequence[str], part: str, seed: int
) -> list[Estimate]:
    """Return every quantity of every answerer: of all cases, and of each group asked for; the task's primary first."""
    estimates: list[Estimate] = []
    for target in dict.fromkeys(r.target.name for r in rows):
        for who in dict.fromkeys(r.who for r in rows if r.target.name == target):
            mine = [r for r in rows if r.who == who and r.target.name == target]
            for group, inside in _grouped(mine, groups):
                estimates += _means(inside, who=who, target=target, group=group, part=part, seed=seed)
                estimates += _cohort_numbers(inside, cohort, who=who, target=target, group=group, part=part, seed=seed)
    return sorted(estimates, key=lambda e: (e.target, e.group != "all", e.name != task.primary))


def compare_cases(rows: Sequence["Row"], *, primary: str, seed: int) -> list[Comparison]:
    """Compare the model with each baseline and rater on the cases both answered, by the primary quantity of each case."""
    comparisons: list[Comparison] = []
    for target in dict.fromkeys(r.target.name for r in rows):
        values = {who: _values(rows, who, target, primary) for who in dict.fromkeys(r.who for r in rows)}
        model = values.get("model", {})
        for who, theirs in values.items():
            shared = [k for k in model if k in theirs]
            if who == "model" or not shared:
                continue
            difference = compare_means(
                [model[k][0] for k in shared],
                [theirs[k][0] for k in shared],
                [model[k][1] for k in shared],
                rng=np.random.default_rng(seed),
            )
            comparisons.append(
                Comparison(
                    name=primary,
                    first="model",
                    second=who,
                    effect=difference.effect,
                    ci95=difference.interval.ends,
                    p=difference.p,
                    test=difference.test,
                    unit=model[shared[0]][2],
                    patients=difference.patients,
                    target=target,
                )
            )
    return comparisons


def _grouped(rows: Sequence["Row"], groups: Sequence[str]) -> Iterable[tuple[str, list["Row"]]]:
    yield "all", list(rows)
    for name in groups:
        for value in sorted({str(r.covariates[name]) for r in rows if name in r.covariates}):
            yield f"{name}={value}", [r for r in rows if str(r.covariates.get(name)) == value]


def _means(rows: Sequence["Row"], *, who: str, target: str, group: str, part: str, seed: int) -> list[Estimate]:
    names: dict[str, str] = {}
    for row in rows:
        for m in row.measured:
            names.setdefault(m.name, m.unit)
    estimates = []
    for name, unit in names.items():
        values, people = [], []
        for row in rows:
            found = [m.value for m in row.measured if m.name == name]
            values.append(found[0] if found else math.nan)
            people.append(row.patient)
        rng = np.random.default_rng(seed)
        estimates.append(
            estimate_mean(values, people, name=name, unit=unit, rng=rng, group=group, who=who, part=part, target=target)
        )
    return estimates


def _cohort_numbers(
    rows: Sequence["Row"], cohort: Sequence[CohortMetric], *, who: str, target: str, group: str, part: str, seed: int
) -> list[Estimate]:
    """Return AUC, kappa … ; under cross-validation computed within folds and averaged."""
    small = [r for r in rows if r.truth is not None and r.answer is not None]
    if not small:
        return []
    return [
        estimate_cohort(
            metric,
            [r.truth for r in small if r.truth is not None],
            [r.answer for r in small if r.answer is not None],
            [r.patient for r in small],
            folds=[r.fold for r in small],
            rng=np.random.default_rng(seed),
            group=group,
            who=who,
            part=part,
            target=target,
        )
        for metric in cohort
    ]


def _values(rows: Sequence["Row"], who: str, target: str, name: str) -> dict[str, tuple[float, str, str]]:
    """Case key -> (value, patient, unit) of one quantity of one answerer."""
    found: dict[str, tuple[float, str, str]] = {}
    for row in rows:
        if row.who == who and row.target.name == target:
            for m in row.measured:
                if m.name == name:
                    found[row.key] = (m.value, row.patient, m.unit)
    return found
