"""`balance` of several targets: of the first that has classes, wherever it stands; refused where none has."""

import numpy as np
import pytest

from isocenter.core.amount import Amount
from isocenter.core.errors import SettingError
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.methods._exam.build import balanced_target, build_lesson, fit_heads
from isocenter.methods._exam.plan import plan_exam
from isocenter.methods._exam.settings import ExamSettings

MASK = Target(name="spots", type="mask", columns="spots", classes=("nothing", "spot"))
VALUE = Target(name="age", type="value", columns="age", unit="a")
KIND = Target(name="kind", type="class", columns="kind", classes=("well", "ill"))
FINDINGS = Target(name="seen", type="multilabel", columns="seen", classes=("a", "b"))
GRADE = Target(name="grade", type="ordinal", columns="grade", classes=("0", "1", "2"))


def labels(well=9, ill=1):
    kinds = [0] * well + [1] * ill
    return {
        "age": [Amount(value=float(i), unit="a") for i in kinds],
        "kind": [Scores(p=np.eye(2)[i], names=KIND.classes) for i in kinds],
        "seen": [Scores(p=np.array([i, 0.0]), names=FINDINGS.classes) for i in kinds],
        "grade": [Scores(p=np.eye(3)[i], names=GRADE.classes) for i in kinds],
    }


def planned(*targets, cases=(18, 2), **settings):
    study = Study(name="s", cases="cases.csv", inputs={"x": "x"}, targets=targets, settings={"steps": 1, **settings})
    fingerprint = {
        "cases": 20, "patients": 20, "dims": 2, "shapes": [[24, 24]] * 20, "spacings": [[1.0, 1.0]] * 20, "unit": "px",
        "inputs": {"x": {"cases": 20, "channels": 1, "unit": "1"}},
        "intensity": {"x": {"mean": 0.0, "std": 1.0, "median": 0.0, "p005": -1.0, "p995": 1.0}},
        "targets": {t.name: {"classes": dict(zip(t.classes, ({"cases": n} for n in cases), strict=False))} for t in targets},
    }  # fmt: skip
    plan = plan_exam(study, fingerprint, targets, method="cnn", preset={}, minutes=1, gigabytes=8)
    return plan.config(ExamSettings)


@pytest.mark.parametrize(("target", "weights"), [(KIND, (0.2, 1.8)), (FINDINGS, (9.0, 10.0)), (GRADE, None)])
def test_the_loss_weighs_the_classes_of_a_target_that_is_not_the_first(target, weights):
    heads = fit_heads([MASK, VALUE, target], labels(), ExamSettings(balance="loss"))
    assert heads[target.name].weights
    if weights is not None:
        assert heads[target.name].weights == pytest.approx(weights)
    assert not fit_heads([VALUE, target], labels(), ExamSettings(balance="sampling"))[target.name].weights


def test_of_two_targets_with_classes_the_first_is_balanced():
    heads = fit_heads([VALUE, KIND, GRADE], labels(), ExamSettings(balance="loss"))
    assert heads["kind"].weights
    assert not heads["grade"].weights


def test_an_uneven_class_behind_a_mask_is_drawn_equally_often_unasked():
    assert planned(MASK, KIND).balance == "sampling"
    assert planned(MASK, KIND, cases=(10, 10)).balance == "none"
    assert planned(MASK, KIND, balance="loss").balance == "loss"


@pytest.mark.parametrize("balance", ["sampling", "loss"])
def test_amounts_have_nothing_to_balance(balance):
    with pytest.raises(SettingError, match=r"class, ordinal or multilabel target for balance: .*got age \(value\)"):
        planned(VALUE, balance=balance)
    assert balanced_target([MASK, VALUE]) is None


def test_numbers_are_not_taken_as_classes():
    made = build_lesson(ExamSettings(balance="sampling"), fit_heads([VALUE], labels(), ExamSettings()), [], seed=0)
    assert made._chance is None
