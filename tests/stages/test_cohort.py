"""Measured cases become estimates, each class apart, and comparisons by the primary quantity whatever it is."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.case import Case
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.methods.registry import TASKS
from isocenter.metrics.registry import per_cohort
from isocenter.stages.cohort import Measure, compare_cases, estimate_all
from isocenter.stages.evaluate import Row

FINDINGS = ("effusion", "ground glass", "mass")


def rows(target, truths, answers, *, who, metrics=(), per_patient=1):
    made = []
    for i, (truth, answer) in enumerate(zip(truths, answers, strict=True)):
        case = Case(key=f"c{i}", patient=f"p{i // per_patient}", inputs={}, labels={}, covariates={})
        pair = Pair(case=case.key, target=target, truth=truth, answer=answer)
        measured = [m for metric in metrics for m in metric(pair)]
        made.append(Row(case, fold="", who=who, target=target, pair=pair, measured=measured))
    return made


def measured(target, primary, *cohort):
    """Return how one target is measured."""
    return {target.name: Measure(primary=primary, per_case=(), per_cohort=tuple(per_cohort().get(n) for n in cohort))}


def scores(p, names):
    return [Scores(p=np.asarray(row, float), names=names) for row in p]


def test_auc_is_compared_by_delong_and_clustered_by_bootstrap(rng):
    target = Target(name="bleed", type="class", columns="bleed", classes=("no", "yes"))
    positive = np.arange(60) % 2
    good, bad = (np.clip(0.5 + s * (positive - 0.5) + rng.normal(0, 0.2, 60), 0, 1) for s in (0.5, 0.1))
    truths = scores(np.stack([1 - positive, positive], 1), target.classes)
    answers = [scores(np.stack([1 - p, p], 1), target.classes) for p in (good, bad)]
    for per_patient, test in ((1, "paired DeLong"), (3, "bootstrap over patients")):
        both = [
            *rows(target, truths, answers[0], who="model", per_patient=per_patient),
            *rows(target, truths, answers[1], who="baseline:worse", per_patient=per_patient),
        ]
        (found,) = compare_cases(both, measures=measured(target, "auc", "auc"), seed=0)
        assert (found.test, found.second, found.patients) == (test, "baseline:worse", 60 // per_patient)
        assert found.effect > 0.1
        assert found.ci95[0] > 0


def test_a_mean_absolute_error_is_compared_case_by_case():
    task = TASKS.get("counting")
    target = Target(name="cells", type="count", columns="cells", unit="cells")
    truths = [Amount(value=float(i), unit="cells") for i in range(20)]
    near, far = ([Amount(value=i + e + i % 2, unit="cells") for i in range(20)] for e in (1.0, 4.0))
    both = [
        *rows(target, truths, near, who="model", metrics=task.per_case),
        *rows(target, truths, far, who="baseline:far", metrics=task.per_case),
    ]
    (found,) = compare_cases(both, measures=measured(target, task.primary, *(m.name for m in task.per_cohort)), seed=0)
    assert (found.effect, found.unit) == (-3.0, "cells")
    assert "sign-flip" in found.test


def test_every_finding_has_an_estimate_and_its_own_number_of_cases(rng):
    target = Target(name="findings", type="multilabel", columns=FINDINGS, classes=FINDINGS)
    truth = (rng.random((50, 3)) < 0.5).astype(float)
    truth[:20, 1] = np.nan
    answer = rng.random((50, 3))
    made = rows(target, scores(truth, FINDINGS), scores(answer, FINDINGS), who="model")
    measures = measured(target, "multilabel_auc", "multilabel_auc", "f1", "f1_micro", "sensitivity")
    found = {e.name: e for e in estimate_all(made, measures=measures, groups=(), part="tune", seed=0)}
    assert found["f1_ground_glass"].cases == 30
    assert found["f1_ground_glass"].excluded == 20
    assert found["f1"].cases == 50
    assert found["f1"].value == pytest.approx(np.mean([found[f"f1_{n}"].value for n in ("effusion", "ground_glass", "mass")]))
    assert found["multilabel_auc_mass"].interval.startswith("DeLong")
    assert found["sensitivity_mass"].interval == "Wilson"
    assert not [n for n in found if n.startswith("f1_micro_")]


def test_two_classes_are_not_said_twice_and_three_are_said_apart(rng):
    for classes, expected in ((("no", "yes"), {"auc"}), (("a", "b", "c"), {"auc", "auc_a", "auc_b", "auc_c"})):
        target = Target(name="kind", type="class", columns="kind", classes=classes)
        k = len(classes)
        made = rows(
            target, scores(np.eye(k)[np.arange(30) % k], classes), scores(rng.dirichlet(np.ones(k), 30), classes), who="model"
        )
        found = estimate_all(made, measures=measured(target, "auc", "auc"), groups=(), part="tune", seed=0)
        assert {e.name for e in found} == expected


def test_counts_get_the_skill_of_everyone_but_the_floor_on_the_cases_both_answered():
    task = TASKS.get("counting")
    target = Target(name="cells", type="count", columns="cells", unit="cells")
    truths = [Amount(value=float(i), unit="cells") for i in range(20)]
    near, far, mean = (
        [Amount(value=v, unit="cells") for v in values]
        for values in ([i + 1.0 for i in range(20)], [i + 4.0 for i in range(20)], [9.5] * 20)
    )
    said = [
        *rows(target, truths, near, who="model", metrics=task.per_case),
        *rows(target, truths, far, who="baseline:far", metrics=task.per_case),
        *rows(target, truths[:18], mean[:18], who="baseline:mean", metrics=task.per_case),
    ]
    one = Measure(primary=task.primary, per_case=(), per_cohort=(), skill=task.skill, floor="baseline:mean")
    found = {e.who: e for e in estimate_all(said, measures={"cells": one}, groups=(), part="tune", seed=0) if e.name == "skill"}
    error = np.abs(np.arange(18) - 9.5).mean()
    assert {who: e.value for who, e in found.items()} == pytest.approx({"model": 1 - 1 / error, "baseline:far": 1 - 4 / error})
    assert (found["model"].cases, found["model"].excluded) == (18, 2)
    assert found["model"].ci95[0] < found["model"].value < found["model"].ci95[1]


def test_without_the_floor_there_is_no_skill():
    task = TASKS.get("counting")
    target = Target(name="cells", type="count", columns="cells")
    truths = [Amount(value=float(i), unit="1") for i in range(12)]
    said = rows(target, truths, truths[::-1], who="model", metrics=task.per_case)
    one = Measure(primary=task.primary, per_case=(), per_cohort=(), skill=task.skill, floor="baseline:training_mean")
    assert "skill" not in {e.name for e in estimate_all(said, measures={"cells": one}, groups=(), part="tune", seed=0)}
