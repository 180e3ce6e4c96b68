"""What every tabular method keeps to, in every task: answers in range, what is missing stays missing, refusals say why."""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.case import Case, CaseList
from isocenter.core.errors import PlanError, StudyError
from isocenter.core.image import Image
from isocenter.core.scores import Scores
from isocenter.core.survival import Survival
from isocenter.methods._tabular.tabular import Tabular
from isocenter.methods.registry import TASKS, methods_of

from ..in_memory import fingerprint_of, fit, tracer_of

METHODS = [(t, n) for t in TASKS.names() for n in methods_of(t).names() if isinstance(methods_of(t).get(n), Tabular)]
QUICK = {"folds": 2, "strengths": 2, "l1_shares": [0.5], "trees": 5, "leaves": [1]}
"""Settings that keep a test short."""
FITTED = [(*pair, "elastic_net") for pair in METHODS] + [(*pair, "random_forest") for pair in METHODS if pair[1] == "covariates"]
FITTED.remove(("survival", "covariates", "random_forest"))
COVARIATES = [(t, n) for t, n in METHODS if n == "covariates"]


def fitted(task: str, name: str, scratch, change: Callable[[CaseList], CaseList] = lambda cases: cases, **settings):
    """Study, cases and model of a tracer."""
    study, cases = tracer_of(TASKS.get(task), reads=methods_of(task).get(name).card.reads)
    study, cases = study.model_copy(update={"settings": {**QUICK, **settings}}), change(cases)
    return study, cases, fit(methods_of(task).get(name), study, cases, scratch)


@functools.cache
def plain(task: str, name: str, estimator: str):
    """The same for several tests; no tabular method writes to its scratch."""
    return fitted(task, name, Path(), estimator=estimator)


def check_range(answer, target):
    if isinstance(answer, Scores):
        assert answer.names == target.classes
        assert ((answer.p >= 0) & (answer.p <= 1)).all()
        assert target.type == "multilabel" or answer.p.sum() == pytest.approx(1)
    elif isinstance(answer, Survival):
        assert answer.alive[0] == 1
        assert (np.diff(answer.alive) <= 0).all()
        assert (np.diff(answer.days) > 0).all()
        assert (answer.alive >= 0).all()
    else:
        assert isinstance(answer, Amount)
        assert answer.unit == target.unit
        assert not answer.low > answer.value > answer.high
        if target.type in ("count", "proportion"):
            assert answer.value >= 0
        if target.type == "proportion":
            assert answer.value <= 1


def test_there_are_tabular_methods_for_seven_tasks():
    assert {task for task, _ in METHODS} >= {
        "classification",
        "multilabel",
        "grading",
        "regression",
        "counting",
        "proportion",
        "survival",
    }


@pytest.mark.parametrize(("task", "name", "estimator"), FITTED)
def test_answers_are_in_range(task, name, estimator, tmp_path):
    study, cases, model = plain(task, name, estimator)
    target = study.targets[0]
    for prediction in model.predict(cases, scratch=tmp_path):
        check_range(prediction.answers[target.name], target)


def test_survival_has_no_forest(tmp_path):
    with pytest.raises(PlanError, match="elastic_net"):
        fitted("survival", "covariates", tmp_path, estimator="random_forest")


@pytest.mark.parametrize("task", ["classification", "regression"])
def test_a_forest_is_saved_and_loaded(task, tmp_path):
    _, cases, model = fitted(task, "covariates", tmp_path, estimator="random_forest")
    model.save(tmp_path / "model")
    again = methods_of(task).get("covariates").load(tmp_path / "model")
    for one, two in zip(model.predict(cases, scratch=tmp_path), again.predict(cases, scratch=tmp_path), strict=True):
        (a,), (b,) = one.answers.values(), two.answers.values()
        assert np.array_equal(a.p, b.p) if isinstance(a, Scores) else a.value == b.value


class Closed(Mapping):
    """Inputs that nobody may open."""

    def __getitem__(self, key):
        raise AssertionError(f"input {key} was opened")

    def __iter__(self):
        return iter(["film"])

    def __len__(self):
        return 1


@pytest.mark.parametrize(("task", "name"), COVARIATES)
def test_covariates_open_no_image(task, name, tmp_path):
    def closed(cases: CaseList) -> CaseList:
        return CaseList([dataclasses.replace(case, inputs=Closed()) for case in cases])

    study, cases = tracer_of(TASKS.get(task))
    method, cases = methods_of(task).get(name), closed(cases)
    named = study.model_copy(update={"method": name, "settings": QUICK})
    model = method.fit(named, cases, cases, method.plan(named, {}, minutes=1, gigabytes=1), Unstopped())
    assert all(p.refused is None for p in model.predict(cases, scratch=tmp_path))


class Unstopped:
    """A journal for methods that only ask whether to stop."""

    def stop_now(self) -> bool:
        return False


@pytest.mark.parametrize(("task", "name"), METHODS)
def test_a_case_that_shows_nothing_is_refused_with_the_reason(task, name, tmp_path):
    _, cases, model = plain(task, name, "elastic_net")
    empty = Case(key="empty", patient="nobody", inputs={}, labels={}, covariates={})
    *_, last = model.predict(CaseList([next(iter(cases)), empty]), scratch=tmp_path)
    assert last.answers == {}
    assert model.extractor.wants in last.refused
    assert "empty" in last.refused


@pytest.mark.parametrize(("task", "name"), METHODS)
def test_learning_from_cases_that_show_nothing_is_a_study_error(task, name, tmp_path):
    def bare(cases: CaseList) -> CaseList:
        return CaseList([dataclasses.replace(case, inputs={}, covariates={}) for case in cases])

    with pytest.raises(StudyError, match="expected learning cases that show"):
        fitted_on(task, name, bare)


def fitted_on(task, name, change):
    study, cases = tracer_of(TASKS.get(task), reads=methods_of(task).get(name).card.reads)
    named = study.model_copy(update={"method": name, "settings": QUICK})
    method = methods_of(task).get(name)
    plan = method.plan(named, fingerprint_of(study, cases), minutes=1, gigabytes=1)
    return method.fit(named, change(cases), change(cases), plan, Unstopped())


@pytest.mark.parametrize("estimator", ["elastic_net", "random_forest"])
def test_a_class_absent_from_learning_has_probability_0(estimator, tmp_path):
    def third(cases: CaseList) -> CaseList:
        names = ("benign", "odd", "malignant")
        labels = {"benign": [1.0, 0, 0], "malignant": [0, 0, 1.0]}
        return CaseList(
            [
                dataclasses.replace(c, labels={"tumor": Scores(p=np.array(labels[c.covariates["stratum"]]), names=names)})
                for c in cases
                if c.covariates["stratum"] in labels
            ]
        )

    study, cases = tracer_of(TASKS.get("classification"))
    target = study.targets[0].model_copy(update={"classes": ("benign", "odd", "malignant")})
    study = study.model_copy(update={"targets": (target,), "settings": {**QUICK, "estimator": estimator}, "method": "covariates"})
    method, cases = methods_of("classification").get("covariates"), third(cases)
    model = method.fit(study, cases, cases, method.plan(study, {}, minutes=1, gigabytes=1), Unstopped())
    for prediction, case in zip(model.predict(cases, scratch=tmp_path), cases, strict=True):
        p = prediction.answers["tumor"].p
        assert p[1] == 0
        assert p.sum() == pytest.approx(1)
        assert ("benign", "odd", "malignant")[int(p.argmax())] == case.covariates["stratum"]


def test_a_missing_covariate_is_not_a_zero(tmp_path):
    """Volume = age here, so that an age of 0 would give 0; without an age the answer is about the mean."""

    def by_age(cases: CaseList) -> CaseList:
        return CaseList(
            [
                dataclasses.replace(
                    c,
                    labels={"volume": Amount(value=float(c.covariates["age"]), unit="mL")},
                    covariates={"age": c.covariates["age"], "sex": c.covariates["sex"]},
                )
                for c in cases
            ]
        )

    _, cases, model = fitted("regression", "covariates", tmp_path, by_age, strengths=10, folds=3)
    known = next(iter(cases))
    unknown = dataclasses.replace(known, covariates={"sex": known.covariates["sex"]}, patient="another")
    of_zero = dataclasses.replace(known, covariates={**known.covariates, "age": 0.0}, patient="a third")
    one, none, zero = (
        next(iter(model.predict(CaseList([c]), scratch=tmp_path))).answers["volume"].value for c in (known, unknown, of_zero)
    )
    assert one == pytest.approx(known.covariates["age"], abs=1)
    assert 40 < none < 70
    assert abs(zero) < 3


def test_the_rows_of_one_patient_get_one_answer(tmp_path):
    """Only the first visit tells the volume, as an age."""

    def first_alone(cases: CaseList) -> CaseList:
        return CaseList(
            [
                dataclasses.replace(
                    c, covariates={"age": c.labels["volume"].value} if c.key.endswith("v1") else {"sex": c.covariates["sex"]}
                )
                for c in cases
            ]
        )

    _, cases, model = fitted("regression", "covariates", tmp_path, first_alone, strengths=6)
    answers = {p.case: p.answers["volume"].value for p in model.predict(cases, scratch=tmp_path)}
    assert answers["p00v1"] == answers["p00v2"] == pytest.approx(40, abs=0.5)
    alone = next(iter(model.predict(cases.select(["p00v2"]), scratch=tmp_path)))
    assert alone.answers["volume"].value == pytest.approx(42.5, abs=0.1), "learned from 12 patients of 40 and 4 of 50"


def test_a_targets_own_column_is_no_covariate(tmp_path):
    study, cases = tracer_of(TASKS.get("regression"))
    target = study.targets[0].model_copy(update={"columns": ("age",)})
    extractor = methods_of("regression").get("covariates").extractor(("rest",), study.covariates, None)
    assert "age" in extractor(next(iter(cases)), study.targets[0]).blocks
    assert "age" not in extractor(next(iter(cases)), target).blocks


@pytest.mark.parametrize(
    "wrong", [{"estimator": "elastc_net"}, {"folds": 1}, {"l1_shares": [2]}, {"leaves": []}, {"l1_shares": []}, {"trees": 0}]
)
def test_settings_are_checked(wrong, tmp_path):
    study, cases = tracer_of(TASKS.get("classification"))
    wrong_study = study.model_copy(update={"method": "thumbnail", "settings": wrong})
    with pytest.raises(PlanError):
        methods_of("classification").get("thumbnail").plan(wrong_study, fingerprint_of(study, cases), minutes=1, gigabytes=1)


def test_the_number_itself_is_the_answer_when_asked(tmp_path):
    _, cases, model = fitted("proportion", "densitometry", tmp_path, calibrated=False)
    for prediction, case in zip(model.predict(cases, scratch=tmp_path), cases, strict=True):
        image = case.inputs["slide"]
        assert isinstance(image, Image)
        assert prediction.answers["tumor"].value == pytest.approx((image.array() < -950).mean())
