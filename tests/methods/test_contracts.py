"""What every task and every method keeps to, whoever adds it."""

import numpy as np
import pytest

from isocenter.core.errors import PlanError
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.methods._places import counted
from isocenter.methods.registry import TASKS, methods_of

from .in_memory import fingerprint_of, fit, tracer_of

METHODS = [(task, name) for task in TASKS.names() for name in methods_of(task).names()]
LEARNED = [pair for pair in METHODS if methods_of(pair[0]).get(pair[1]).card.learned]
CLASSICAL = [pair for pair in METHODS if pair not in LEARNED]
PLANNED = [*CLASSICAL, *(pytest.param(*pair, marks=pytest.mark.slow) for pair in LEARNED)]  # learned ones time some steps


def same(a, b) -> bool:
    """Whether two values are equal, array by array; NaN equals NaN."""
    if isinstance(a, Mask):
        return a.names == b.names and a.overlapping == b.overlapping and same(a.labels, b.labels)
    if isinstance(a, Image):
        return a.grid.same_as(b.grid) and np.array_equal(a.array(), b.array(), equal_nan=True)
    if isinstance(a, np.ndarray):
        return a.shape == b.shape and np.array_equal(a, b, equal_nan=True)
    if isinstance(a, Record):
        return type(a) is type(b) and all(same(x, y) for x, y in zip(vars(a).values(), vars(b).values(), strict=True))
    return a == b or (a != a and b != b)


@pytest.mark.parametrize("name", TASKS.names())
def test_every_task_names_a_default_and_a_baseline_that_exist(name):
    task = TASKS.get(name)
    assert task.name == name
    assert {task.default, *task.baselines} <= set(methods_of(name).names())
    assert task.question.endswith("?")
    assert task.answers


@pytest.mark.parametrize("name", TASKS.names())
def test_a_task_says_whether_methods_of_it_read_pictures_alone(name):
    methods = methods_of(name)
    assert TASKS.get(name).pictures == any(methods.get(method).card.reads == "pictures" for method in methods.names())


@pytest.mark.parametrize(("task", "name"), METHODS)
def test_every_method_carries_a_card_that_cites(task, name):
    card = methods_of(task).get(name).card
    assert (card.task, card.name) == (task, name)
    assert card.answers <= TASKS.get(task).answers
    assert len(card.cite) > 20


def check_round_trip(task, name, tmp_path):
    method = methods_of(task).get(name)
    study, cases = tracer_of(TASKS.get(task), reads=method.card.reads)
    model = fit(method, study, cases, tmp_path / "scratch")
    first = list(model.predict(cases, scratch=tmp_path))
    assert [p.case for p in first] == list(cases.keys)
    assert all(p.refused is None for p in first)
    learnable = {t.name for t in study.targets if t.use == "learn"}
    may_be_read_off = {t.name for t in (*study.targets, *counted(study))}
    assert all(learnable <= set(p.answers) <= may_be_read_off for p in first)
    model.save(tmp_path / "model")
    assert {f.suffix for f in (tmp_path / "model").rglob("*") if f.is_file()} <= {".json", ".safetensors"}
    again = list(method.load(tmp_path / "model").predict(cases, scratch=tmp_path))
    for one, two in zip(first, again, strict=True):
        assert all(same(one.answers[target], two.answers[target]) for target in learnable)


@pytest.mark.parametrize(("task", "name"), CLASSICAL)
def test_a_model_saved_and_loaded_answers_the_same(task, name, tmp_path):
    check_round_trip(task, name, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("task", "name"), LEARNED)
def test_a_learned_model_saved_and_loaded_answers_the_same(task, name, tmp_path):
    check_round_trip(task, name, tmp_path)


@pytest.mark.parametrize(("task", "name"), PLANNED)
def test_every_setting_of_a_plan_has_a_reason(task, name):
    study, cases = tracer_of(TASKS.get(task), reads=methods_of(task).get(name).card.reads)
    fingerprint = fingerprint_of(study, cases)
    plan = methods_of(task).get(name).plan(study.model_copy(update={"method": name}), fingerprint, minutes=1.0, gigabytes=4.0)
    assert plan.method == name
    assert all(setting.reason for setting in plan.settings)


@pytest.mark.parametrize(("task", "name"), PLANNED)
def test_a_setting_that_does_not_exist_is_refused(task, name):
    study, cases = tracer_of(TASKS.get(task), reads=methods_of(task).get(name).card.reads)
    wrong = study.model_copy(update={"method": name, "settings": {"no_such_setting": 1}})
    with pytest.raises(PlanError, match="no_such_setting"):
        methods_of(task).get(name).plan(wrong, fingerprint_of(study, cases), minutes=1.0, gigabytes=4.0)


@pytest.mark.parametrize("name", [name for name in TASKS.names() if TASKS.get(name).default == TASKS.get(name).floor])
def test_a_task_without_a_learned_method_says_so(name):
    study, _ = tracer_of(TASKS.get(name))
    method = methods_of(name).get(TASKS.get(name).default)
    assert "no learned method" in method.plan(study.model_copy(update={"method": None}), {}, minutes=1, gigabytes=1).warnings[0]
    named = study.model_copy(update={"method": method.card.name})
    assert not method.plan(named, {}, minutes=1, gigabytes=1).warnings


@pytest.mark.parametrize(("task", "name"), CLASSICAL)
def test_a_classical_method_plans_without_a_fingerprint(task, name):
    study, _ = tracer_of(TASKS.get(task), reads=methods_of(task).get(name).card.reads)
    assert methods_of(task).get(name).plan(study, {}, minutes=1.0, gigabytes=1.0).sane
