"""Tabular methods: numbers taken from a case in one way, and an elastic net or a forest fitted to them.

In:   a study and its learning cases.
Out:  Tabular, made of a card and an extractor.
Not:  the tuning cases are not looked at: what is chosen, is chosen by cross-validation over the learning patients.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from isocenter.core.case import Cases
from isocenter.core.errors import PlanError, StudyError
from isocenter.core.journal import Journal
from isocenter.core.method import Card, Reads
from isocenter.core.plan import Plan
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.core.task import Task
from isocenter.core.value import Value
from isocenter.methods._baselines.labels import nothing_to_learn, targets_of
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods._tabular.answers import Answerer, bounds, fit_answerer, outcomes
from isocenter.methods._tabular.columns import Columns, columns_of
from isocenter.methods._tabular.config import TabularConfig
from isocenter.methods._tabular.estimators import Linear
from isocenter.methods._tabular.features import Extractor, Features, mean_features
from isocenter.methods._tabular.model import Learned, Looked, TabularModel, load_tabular, look


class Row(Record):
    """What is learned from: a case, or where the label speaks of the patient, all of its cases."""

    patient: str
    features: Features
    label: Value


ANSWERED_BY = {
    "ordinal": " Grades by a model per threshold (Frank & Hall 2001).",
    "survival": " Times by proportional hazards (Cox 1972) with an elastic-net penalty.",
}
"""How a kind differs from classes and amounts, which one linear model or forest answers."""


class Tabular:
    """A recipe: look, learn the columns, fit."""

    def __init__(self, card: Card, extractor: type[Extractor], config: type[TabularConfig] = TabularConfig) -> None:
        self.card, self.extractor, self.config = card, extractor, config

    @classmethod
    def of(
        cls,
        task: Task,
        name: str,
        extractor: type[Extractor],
        config: type[TabularConfig] = TabularConfig,
        *,
        cite: str,
        differs: str,
        reads: Reads = "images",
    ) -> Self:
        """Make the method of a task; its card says how the task's kind is answered."""
        more = "".join(ANSWERED_BY.get(kind, "") for kind in sorted(task.answers))
        card = Card(name=name, task=task.name, answers=task.answers, learned=False, cite=cite, differs=differs + more, reads=reads)
        return cls(card, extractor, config)

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan of the method's own settings. PlanError for an estimator the task does not have."""
        del minutes, gigabytes
        reasons = {"estimator": "a linear model first: its weights can be read, and few cases do not mislead it"}
        plan = baseline_plan(self.card, study, fingerprint, self.config(), reasons, minutes_a_case=0.005, gigabytes=0.5)
        if "survival" in self.card.answers and plan["estimator"] != "elastic_net":
            raise PlanError(
                f"expected estimator elastic_net (proportional hazards) for survival, got {plan['estimator']}. Drop the setting."
            )
        return plan

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> TabularModel:
        """Look at every learning case once; fit every target. StudyError if no case shows what is wanted, or carries a label."""
        del tune
        config = plan.config(self.config)
        targets = targets_of(study, self.card)
        extractor = self.extractor(tuple(study.inputs), study.covariates, config)
        looked: list[Looked] = []
        labels: dict[str, dict[str, Value]] = {target.name: {} for target in targets}
        for case in learn:
            if journal.stop_now():
                break
            looked.append(look(extractor, case, targets))
            for target in targets:
                if target.name in case.labels:
                    labels[target.name][case.key] = case.labels[target.name]
        learned = []
        for target in targets:
            rows = _rows(target, extractor.key(target), looked, labels[target.name])
            learned.append(_learn(target, rows, extractor, config, plan.seed))
        return TabularModel(extractor, learned)

    def load(self, folder: Path) -> TabularModel:
        """Return the model `save` wrote. FileError if the folder holds none."""
        return load_tabular(folder, self.extractor, self.config, name=self.card.name)


def _rows(target: Target, key: str, looked: Sequence[Looked], labels: Mapping[str, Value]) -> list[Row]:
    """Return the cases that carry a label, or the patients one of whose cases does."""
    if target.per == "case":
        return [Row(patient=c.patient, features=c.features[key], label=labels[c.key]) for c in looked if c.key in labels]
    bags: dict[str, list[Looked]] = {}
    for case in looked:
        bags.setdefault(case.patient, []).append(case)
    rows = []
    for patient, bag in bags.items():
        told = [labels[case.key] for case in bag if case.key in labels]
        if told:
            rows.append(Row(patient=patient, features=mean_features([case.features[key] for case in bag]), label=told[0]))
    return rows


def _learn(target: Target, rows: Sequence[Row], extractor: Extractor, config: TabularConfig, seed: int) -> Learned:
    """Learn the columns and fit one target."""
    if not rows:
        raise nothing_to_learn(target)
    columns = columns_of([row.features for row in rows])
    seen = [row for row in rows if columns.usable(row.features)]
    if not seen:
        raise StudyError(
            f"expected learning cases that show {extractor.wants}, got none among the {len(rows)} with a label of {target.name!r}. "
            "Fill the columns, or name another method."
        )
    x = columns.matrix([row.features for row in seen])
    y = outcomes(target, [row.label for row in seen])
    if target.type == "proportion" and not getattr(config, "calibrated", True):
        return Learned(columns=columns, answerer=_as_it_is(target, columns))
    answerer = fit_answerer(target, x, y, [row.patient for row in seen], config, seed)
    if answerer is None:
        raise nothing_to_learn(target)
    return Learned(columns=columns, answerer=answerer)


def _as_it_is(target: Target, columns: Columns) -> Answerer:
    """Return an answerer that says the one number itself, as a share or in percent."""
    factor = bounds(target)[1]
    weights = np.zeros((len(columns.mean), 1))
    weights[0] = factor * columns.scale[0]
    part = Linear(weights=weights, intercept=np.array([factor * columns.mean[0]]), link="identity")
    return Answerer(target=target, parts=(part,), speaks_of=(0,), why=("the number itself; nothing fitted",))
