"""The trivial baseline of every label: what its own task's baseline says, for everybody.

In:   labels of several kinds.
Out:  one answer per target.
Not:  no image is opened.
"""

from collections.abc import Sequence
from typing import ClassVar

from isocenter.core.errors import StudyError
from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.methods._baselines.constant import Constant
from isocenter.methods.multitask.task import TASK
from isocenter.methods.registry import methods_of, task_of_kind


class LabelMeans(Constant):
    """Each target's own constant."""

    card: ClassVar[Card] = Card(
        name="label_means",
        task="multitask",
        answers=TASK.answers,
        learned=False,
        cite="Holte, Mach Learn 1993; 11:63-90 (the majority as the floor)",
        differs="of every kind of label, as its own task does",
    )

    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return what the baseline of the target's kind answers."""
        task = task_of_kind(target.type)
        method = methods_of(task.name).get(task.baseline)
        if not isinstance(method, Constant):
            raise StudyError(f"expected a baseline that says one thing to everybody for {target.type}, got {task.baseline}.")
        return method.answer(target, labels)


METHOD = LabelMeans()
