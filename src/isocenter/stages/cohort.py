"""Cohort: measured cases become estimates and comparisons.

In:   rows of measurements (stages/evaluate.py).
Out:  Estimate per answerer, target, quantity and group; Comparison of the model with everything beside it.
Not:  no statistics of its own (metrics/estimates, metrics/tests_of_difference).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.comparison import Comparison
from isocenter.core.estimate import Estimate
from isocenter.core.measurement import Measurement
from isocenter.core.record import Record
from isocenter.core.task import CaseMetric, CohortMetric, Keep
from isocenter.metrics.against_rest import of_findings
from isocenter.metrics.estimates.cohort import estimate_each
from isocenter.metrics.estimates.mean import estimate_mean
from isocenter.metrics.estimates.skill import estimate_skill
from isocenter.metrics.tests_of_difference.paired_bootstrap import compare_cohort
from isocenter.metrics.tests_of_difference.permutation import Difference, compare_means

if TYPE_CHECKING:
    from isocenter.stages.evaluate import Row


class Measure(Record):
    """How one target is measured."""

    primary: str
    """The quantity a claim about it is made with."""
    per_case: tuple[CaseMetric, ...]
    per_cohort: tuple[CohortMetric, ...]
    keep: Keep = None
    """What is kept of truths and answers that are images; see Task."""
    skill: str = ""
    """The error of a case that skill is made of; "" = no skill is given."""
    floor: str = ""
    """Who makes the error that skill is measured against: "baseline:mean_count"."""


def estimate_all(
    rows: Sequence["Row"], *, measures: Mapping[str, Measure], groups: Sequence[str], part: str, seed: int
) -> list[Estimate]:
    """Return every quantity of every answerer: of all cases, and of each group asked for; each target's primary first.

    measures : by target; targets come in this order
    """
    estimates: list[Estimate] = []
    for target in dict.fromkeys(r.target.name for r in rows):
        measure = measures[target]
        floor = {(r.key, r.fold): r for r in rows if r.who == measure.floor and r.target.name == target}
        for who in dict.fromkeys(r.who for r in rows if r.target.name == target):
            mine = [r for r in rows if r.who == who and r.target.name == target]
            for group, inside in _grouped(mine, groups):
                estimates += _means(inside, who=who, target=target, group=group, part=part, seed=seed)
                cohort = measure.per_cohort
                estimates += _cohort_numbers(inside, cohort, who=who, target=target, group=group, part=part, seed=seed)
                if measure.skill and floor and who != measure.floor:
                    beside = [floor.get((r.key, r.fold)) for r in inside]
                    errors, constant = ([_error(r, measure.skill) for r in said] for said in (inside, beside))
                    people, rng = [r.patient for r in inside], np.random.default_rng(seed)
                    estimates.append(
                        estimate_skill(errors, constant, people, rng=rng, group=group, who=who, part=part, target=target)
                    )
    order = {name: place for place, name in enumerate(measures)}
    return sorted(estimates, key=lambda e: (order[e.target], e.group != "all", e.name != measures[e.target].primary))


def compare_cases(rows: Sequence["Row"], *, measures: Mapping[str, Measure], seed: int) -> list[Comparison]:
    """Compare the model with each baseline and rater on the cases both answered, by each target's primary quantity.

    A quantity of each case is compared case by case, and so is a mean of one (mean_absolute_error). AUC, kappa and the like, which
    only many cases have, are compared on the cases both answered.
    """
    comparisons: list[Comparison] = []
    for target in dict.fromkeys(r.target.name for r in rows):
        primary, cohort = measures[target].primary, measures[target].per_cohort
        mine = [r for r in rows if r.target.name == target]
        of_model = {r.key: r for r in mine if r.who == "model"}
        ranked = any(m.name == primary and m.within_folds for m in cohort)
        for who in dict.fromkeys(r.who for r in mine if r.who != "model"):
            if ranked and who.startswith("rater:"):
                continue  # a reader's yes or no has one point of a ROC curve; stages/readers.py sets calls beside calls
            pairs = [(of_model[r.key], r) for r in mine if r.who == who and r.key in of_model]
            found = paired(pairs, primary, cohort, seed) if pairs else None
            if found is not None:
                difference, unit = found
                comparisons.append(
                    Comparison(
                        name=primary,
                        first="model",
                        second=who,
                        effect=difference.effect,
                        ci95=difference.interval.ends,
                        p=difference.p,
                        test=difference.test,
                        unit=unit,
                        patients=difference.patients,
                        target=target,
                    )
                )
    return comparisons


def paired(
    pairs: Sequence[tuple["Row", "Row"]], primary: str, cohort: Sequence[CohortMetric], seed: int
) -> tuple[Difference, str] | None:
    """Return how two answerers differ, and the unit; None where the primary is neither measured nor a metric of these cases."""
    rng = np.random.default_rng(seed)
    for name in (primary, primary.removeprefix("mean_")):
        values = [(_measured(one, name), _measured(other, name), one.patient) for one, other in pairs]
        both = [(a, b, patient) for a, b, patient in values if a is not None and b is not None]
        if both:
            first, second, people = zip(*((a.value, b.value, patient) for a, b, patient in both), strict=True)
            return compare_means(first, second, people, rng=rng), both[0][0].unit
    metric = next((m for m in cohort if m.name == primary), None)
    small = [(one, other) for one, other in pairs if None not in (one.truth, one.answer, other.answer)]
    if metric is None or not small:
        return None
    findings = small[0][0].target.type == "multilabel"
    truths = [one.truth for one, _ in small if one.truth is not None]
    difference = compare_cohort(
        of_findings(metric) if findings else metric,
        truths,
        [one.answer for one, _ in small if one.answer is not None],
        [other.answer for _, other in small if other.answer is not None],
        [one.patient for one, _ in small],
        folds=[one.fold for one, _ in small],
        rng=rng,
    )
    return difference, metric.unit or next((t.unit for t in truths if isinstance(t, Amount)), "1")


def _measured(row: "Row", name: str) -> Measurement | None:
    return next((m for m in row.measured if m.name == name), None)


def _error(row: "Row | None", name: str) -> float:
    """Return an error of a case; NaN where it could not be measured."""
    found = None if row is None else _measured(row, name)
    return math.nan if found is None else found.value


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
    """Return AUC, kappa …, and those of each class or finding; what ranks is computed within folds and averaged."""
    small = [r for r in rows if r.truth is not None and r.answer is not None]
    if not small:
        return []
    return [
        estimate
        for metric in cohort
        for estimate in estimate_each(
            metric,
            [r.truth for r in small if r.truth is not None],
            [r.answer for r in small if r.answer is not None],
            [r.patient for r in small],
            findings=small[0].target.type == "multilabel",
            folds=[r.fold for r in small],
            seed=seed,
            group=group,
            who=who,
            part=part,
            target=target,
        )
    ]
