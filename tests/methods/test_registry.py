"""The registry of tasks and methods."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from isocenter.core.errors import StudyError, UnknownName
from isocenter.core.study import Study, Target
from isocenter.core.value import Kind
from isocenter.methods import shared
from isocenter.methods.registry import TASKS, claim_of, measured_by, methods_of, own_methods, task_of, task_of_kind
from isocenter.methods.shared import SERVES
from isocenter.phantoms.tracer.tracer import tracer


def study(*targets: Target, **fields: object) -> Study:
    return Study(name="s", cases=Path("cases.csv"), inputs={"image": "image"}, targets=targets, **fields)


def amount(name: str, kind: Kind, **fields: object) -> Target:
    return Target(name=name, type=kind, columns=(name,), **fields)


def test_listing_tasks_and_methods_imports_none_of_them():
    code = (
        "import sys\n"
        "from isocenter.methods.registry import TASKS, methods_of\n"
        "names = [methods_of(task).names() for task in TASKS.names()]\n"
        "assert names and all(names)\n"
        "print([m for m in sys.modules if m.startswith('isocenter.methods.') and m.count('.') > 2])\n"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_has_exactly_one_task(kind):
    assert kind in task_of(tracer(kind)[0]).answers
    assert kind in task_of_kind(kind).answers


def test_a_score_only_target_does_not_choose_the_task():
    assert task_of(study(amount("cells", "count"), amount("share", "proportion", use="score"))).name == "counting"


def test_the_study_may_name_its_task():
    assert task_of(study(amount("cells", "count"), task="counting")).name == "counting"


def test_a_task_that_does_not_answer_the_targets_is_refused():
    with pytest.raises(StudyError, match="task regression answers"):
        task_of(study(amount("cells", "count"), task="regression"))


def test_a_misspelled_task_gets_a_suggestion():
    with pytest.raises(UnknownName, match="Did you mean counting"):
        task_of(study(amount("cells", "count"), task="countin"))


def test_without_anything_to_learn_the_error_lists_the_tasks():
    with pytest.raises(StudyError, match=r"at least one target to learn, got none.*segmentation"):
        task_of(study(amount("cells", "count", use="score")))


def test_two_kinds_at_once_are_learned_together_and_measured_each_as_its_own():
    both = study(amount("cells", "count"), amount("age", "value"))
    assert task_of(both).name == "multitask"
    assert [measured_by(both, target).name for target in both.targets] == ["counting", "regression"]
    assert claim_of(both).name == "counting"


def test_kinds_nobody_answers_together_are_refused_with_the_way_out():
    places = {"name": "dots", "type": "points", "columns": "dots", "classes": ["cell"]}
    with pytest.raises(StudyError, match=r"points, value.*use: score"):
        task_of(study(amount("age", "value"), places))


def test_a_misspelled_method_gets_a_suggestion():
    with pytest.raises(UnknownName, match="Did you mean threshold"):
        methods_of("segmentation").get("treshold")


def test_support_files_are_no_methods():
    assert not any(name.startswith("_") or name == "task" for name in methods_of("segmentation").names())


def test_every_shared_method_is_a_file_and_every_file_serves_a_task():
    files = {path.stem for path in Path(shared.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == set(SERVES)


@pytest.mark.parametrize("name", SERVES)
def test_a_shared_method_answers_what_its_task_asks(name: str):
    for task in SERVES[name]:
        card = methods_of(task).get(name).card
        assert (card.name, card.task, card.answers) == (name, task, TASKS.get(task).answers)
        assert card.cite
        assert name not in own_methods(task).names(), "a task's own method would hide the shared one"
