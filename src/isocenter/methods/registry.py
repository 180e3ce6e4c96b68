"""Which tasks and methods there are, and which of them a study asks for.

In:   the folders below methods/: methods/<task>/task.py holds TASK, methods/<task>/<name>.py holds METHOD,
      methods/shared/<name>.py holds method(task), for the tasks named in its SERVES.
Out:  TASKS, methods_of, task_of, measured_by, task_of_kind, claim_of, method_of, that_read, cards.
Not:  no list is kept; names() imports nothing, get() imports one file.
"""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from isocenter.core.errors import StudyError, UnknownName
from isocenter.core.method import Card, Method, Reads
from isocenter.core.registry import Registry
from isocenter.core.study import Study, Target
from isocenter.core.task import Task
from isocenter.core.value import Kind
from isocenter.methods.shared import SERVES

_PACKAGE = "isocenter.methods"


class Tasks:
    """The tasks: sub-folders of methods/ that hold a task.py. The folder's name is the name."""

    def names(self) -> Sequence[str]:
        """Return the tasks' names, sorted. Imports nothing below methods/ itself."""
        spec = find_spec(_PACKAGE)
        folders = list(spec.submodule_search_locations or ()) if spec is not None else []
        found = (m.name for m in pkgutil.iter_modules(folders) if m.ispkg and not m.name.startswith("_"))
        return sorted(name for name in found if any((Path(folder) / name / "task.py").is_file() for folder in folders))

    def get(self, name: str) -> Task:
        """Import one task. UnknownName, with "did you mean", if there is none."""
        if name not in self.names():
            raise UnknownName("task", name, self.names())
        return cast(Task, importlib.import_module(f"{_PACKAGE}.{name}.task").TASK)


TASKS = Tasks()


def own_methods(task: str) -> Registry[Method]:
    """Return the methods of a task's own folder, one file each."""
    return Registry("method", f"{_PACKAGE}.{task}", "METHOD", skip=("task",))


class Methods:
    """The methods of one task: its own folder's, and the shared ones that serve it. The file's name is the name."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._own = own_methods(task)

    def names(self) -> Sequence[str]:
        """Return the methods' names, sorted. Imports none of them."""
        return sorted((*self._own.names(), *(name for name, tasks in SERVES.items() if self._task in tasks)))

    def get(self, name: str) -> Method:
        """Import one method. UnknownName, with "did you mean", if there is none."""
        if name not in self.names():
            raise UnknownName("method", name, self.names())
        return _shared(name, self._task) if self._task in SERVES.get(name, ()) else self._own.get(name)


@cache
def _shared(name: str, task: str) -> Method:
    return cast(Method, importlib.import_module(f"{_PACKAGE}.shared.{name}").method(TASKS.get(task)))


def methods_of(task: str) -> Methods:
    """Return the methods of one task. UnknownName if there is no such task."""
    if task not in TASKS.names():
        raise UnknownName("task", task, TASKS.names())
    return Methods(task)


def task_of(study: Study) -> Task:
    """Return the task of a study: the one it names, else the one that answers the kinds of its learnable targets.

    StudyError when nothing is to be learned, or when no task, or more than one, answers those kinds.
    """
    kinds = {target.type for target in study.targets if target.use == "learn"}
    if study.task is not None:
        task = TASKS.get(study.task)
        if not kinds <= task.answers:
            raise StudyError(
                f"expected targets that task {task.name} answers ({', '.join(sorted(task.answers))}), got "
                f"{', '.join(sorted(kinds - task.answers))}. Drop `task:`, or mark the other targets `use: score`."
            )
        return task
    tasks = _of_kinds()
    if not kinds:
        raise StudyError(
            "expected at least one target to learn, got none: no method here learns from images alone. "
            f"Add a target, or take `use: score` from one. Tasks there are: {', '.join(t.name for t in tasks)}."
        )
    fitting = _narrowest([task for task in tasks if kinds <= task.answers])
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise StudyError(
            f"targets of kind {', '.join(sorted(kinds))} are answered by several tasks. "
            f"Name one in the study, task: {' or '.join(t.name for t in fitting)}."
        )
    raise StudyError(
        f"expected learnable targets that one task answers, got the kinds {', '.join(sorted(kinds))}. "
        "Mark all but one kind `use: score`, or write one study for each: "
        + "; ".join(f"{t.name} answers {', '.join(sorted(t.answers))}" for t in tasks if kinds & t.answers)
        + "."
    )


def _of_kinds() -> list[Task]:
    """Return the tasks that the kind of a target chooses."""
    return [task for task in (TASKS.get(name) for name in TASKS.names()) if not task.by_name]


def _narrowest(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks that answer the fewest kinds: who asks one question gets the task of that question."""
    fewest = min((len(task.answers) for task in tasks), default=0)
    return [task for task in tasks if len(task.answers) == fewest]


def measured_by(study: Study, target: Target) -> Task:
    """Return the task whose metrics measure a target: the study's own where it has metrics for that kind, else the kind's.

    So a study that learns counts is measured on dots it was only scored against, and one that learns masks and grades on both.
    StudyError when no task answers the kind.
    """
    own = task_of(study)
    return own if target.type in own.answers and own.primary else task_of_kind(target.type)


def task_of_kind(kind: Kind) -> Task:
    """Return the task that asks for one kind alone. StudyError when there is none, or more than one."""
    fitting = _narrowest([task for task in _of_kinds() if kind in task.answers])
    if len(fitting) != 1:
        raise StudyError(
            f"expected one task that answers the kind {kind}, got {', '.join(t.name for t in fitting) or 'none'}. "
            "Name one in the study, task: …"
        )
    return fitting[0]


def claim_of(study: Study) -> Task:
    """Return the task of the study's claim: that of its first learned target, else of the first that is scored."""
    return measured_by(study, study.claimed)


def method_of(study: Study) -> Method:
    """Return the method a study names, else its task's default. UnknownName, with "did you mean"."""
    task = task_of(study)
    return methods_of(task.name).get(study.method or task.default)


def that_read(task: str, reads: Reads) -> str:
    """Return the remedy for a study that shows what its method does not read: the methods of the task that do. Imports them all."""
    methods = methods_of(task)
    names = [name for name in methods.names() if methods.get(name).card.reads == reads]
    if not names:
        return f"No method of the task {task} reads {reads}: name other inputs."
    return f"Name a method that reads {reads}: `method: {names[0]}`" + "".join(f" or `{name}`" for name in names[1:]) + "."


def cards() -> Iterator[Card]:
    """Yield the card of every method, by task and name. Imports every method: for lists and pages, not for runs."""
    for task in TASKS.names():
        methods = methods_of(task)
        for name in methods.names():
            yield methods.get(name).card
