"""Readers and the model in one table: what each calls positive, judged by the truth, or by one another where there is none.

In:   measured rows of a part (stages/evaluate.py), decisions on it; targets of classes, grades or findings that readers read.
Out:  readers.json: F1, sensitivity and specificity of each reader, of their mean, of the model and of the difference, and Fleiss'
      kappa of the readers, as Estimates whose group is the finding.
Not:  no ranking: a reader's yes or no has no AUC to set beside a model's (compare_cases leaves that out).

A target with `operate:` is called by its threshold; else two classes and single findings are, at a probability of 0.5. A threshold
that was chosen on the cases measured would flatter the model, which then has no row.
Reference: Rajpurkar et al., CheXNet, arXiv:1711.05225.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from isocenter.core.estimate import Estimate
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.metrics.rater_agreement import agreement_of_all
from isocenter.metrics.readers import Judge, Quantity, readers_table
from isocenter.stages.decide import truth_of, words_of
from isocenter.stages.decided import Decided
from isocenter.stages.operate import MODEL

if TYPE_CHECKING:
    from isocenter.stages.evaluate import Row

READERS = "readers.json"
KAPPA = "fleiss_kappa"
ALL = "all readers"
QUANTITIES: tuple[Quantity, ...] = ("f1", "sensitivity", "specificity")
KINDS = ("class", "ordinal", "multilabel")


class Finding(Record):
    """What is called there or not."""

    name: str
    """Words for it: a finding, or the classes called positive."""
    called: Callable[[Value | None], float]
    """1 = there, 0 = not, NaN = not assessed, of a truth or a reader's label."""
    model: Mapping[str, float]
    """What the model calls, by case; empty where its threshold was chosen on these cases."""


def estimate_readers(rows: Sequence["Row"], decided: Sequence[Decided], study: Study, *, part: str) -> list[Estimate]:
    """Return the numbers of every target that several read; [] where none was."""
    found: list[Estimate] = []
    for target in study.targets:
        if target.type in KINDS and target.beside:
            mine = [r for r in rows if r.target.name == target.name]
            for finding in findings_of(target, mine, decided, study, part=part):
                found += _estimate(target, finding, mine, study.seed, part=part)
    return found


def findings_of(target: Target, rows: Sequence["Row"], decided: Sequence[Decided], study: Study, *, part: str) -> list[Finding]:
    """Return what of a target is called: what its `operate:` says, or two classes' second, or each finding."""
    how = target.operate
    if how is not None:
        flattering = part in ("tune", "learn") and how.rule != "fixed"
        calls = {
            d.case: math.nan if d.refused or math.isnan(d.score) else float(d.score >= d.threshold)
            for d in decided
            if d.who == MODEL and d.target == target.name and not flattering
        }
        return [Finding(name=words_of(target, how)[0], called=lambda v: truth_of(v, target, how, study.refuse), model=calls)]
    names = target.classes or target.columns
    if target.type != "multilabel" and len(names) != 2:
        return []  # of many classes none is the one that is called
    of_model = [r for r in rows if r.who == MODEL]
    return [
        Finding(name=name, called=partial(_called, name=name), model={r.key: _called(r.answer, name) for r in of_model})
        for name in (names if target.type == "multilabel" else names[1:])
    ]


def _called(value: Value | None, name: str) -> float:
    """Return whether a name is called at a probability of 0.5."""
    if not isinstance(value, Scores) or name not in value.names:
        return math.nan
    p = float(value.p[value.names.index(name)])
    return math.nan if math.isnan(p) else float(p >= 0.5)


def _estimate(target: Target, finding: Finding, rows: Sequence["Row"], seed: int, *, part: str) -> list[Estimate]:
    """Return the table of one finding."""
    cases = {r.key: r for r in rows if r.who == MODEL}
    read = {name: {r.key: finding.called(r.answer) for r in rows if r.who == f"rater:{name}"} for name in target.beside}
    truth = _column(cases, {key: finding.called(r.truth) for key, r in cases.items()})
    # Of raters the first is the truth for want of a better one; here each is judged by the others instead.
    judge: Judge = "truth" if target.readers else "others"
    calls = {name: _column(cases, given) for name, given in read.items()}
    if judge == "others":
        calls = {target.raters[0]: truth, **calls}
    table, names = np.stack(list(calls.values()), axis=1), list(calls)
    patients = [r.patient for r in cases.values()]
    model = _column(cases, finding.model) if finding.model else None
    found = []
    for quantity in QUANTITIES:
        lines = readers_table(
            table, names, patients, rng=np.random.default_rng(seed), model=model, truth=truth, judge=judge, quantity=quantity
        )
        found += [
            Estimate(
                name=quantity, value=line.value, unit="1", ci95=line.interval.ends, interval=line.interval.kind,
                patients=line.patients, cases=line.cases, excluded=len(cases) - line.cases, group=finding.name,
                who=f"rater:{line.who}" if line.who in names else line.who, part=part, target=target.name,
            )
            for line in lines
        ]  # fmt: skip
    return [*found, *_agreement(table, patients, target, finding, seed, part=part)]


def _agreement(
    table: NDArray[np.float64], patients: Sequence[str], target: Target, finding: Finding, seed: int, *, part: str
) -> list[Estimate]:
    """Return Fleiss' kappa of the readers."""
    if table.shape[1] < 2:
        return []
    ratings = np.where(np.isfinite(table), table, -1).astype(np.int64)
    found = agreement_of_all(ratings, 2, patients, rng=np.random.default_rng(seed))
    return [
        Estimate(
            name=KAPPA, value=found.value, unit="1", ci95=found.interval.ends, interval=found.interval.kind,
            patients=found.patients, cases=found.cases, excluded=len(table) - found.cases, group=finding.name, who=ALL, part=part,
            target=target.name,
        )
    ]  # fmt: skip


def _column(cases: Mapping[str, object], calls: Mapping[str, float]) -> NDArray[np.float64]:
    return np.array([calls.get(key, math.nan) for key in cases], float)
