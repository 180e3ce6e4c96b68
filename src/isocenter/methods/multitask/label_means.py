"""The trivial baseline of every label: what its own task's baseline says, for everybody; of a mask, that nothing is there.

In:   labels of several kinds.
Out:  one answer per target.
Not:  no image is opened; of a mask, the answer lies on the grid of the case's first image.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from isocenter.core.case import Case, Cases
from isocenter.core.errors import StudyError
from isocenter.core.journal import Journal
from isocenter.core.mask import held_mask
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.learning.exam.items import images_of
from isocenter.methods._baselines.constant import Constant, ConstantModel
from isocenter.methods._baselines.labels import targets_of
from isocenter.methods.multitask.task import TASK
from isocenter.methods.registry import methods_of, task_of_kind

BESIDE = "masks.json"


class LabelMeansModel(ConstantModel):
    """One answer per target for all cases, and an empty mask on each case's own grid; a case without an image gets no mask."""

    def __init__(self, answers: Mapping[str, Value], inputs: Sequence[str], masks: Sequence[Target]) -> None:
        super().__init__(answers)
        self.inputs, self.masks = tuple(inputs), tuple(masks)

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield the answers once a case."""
        del scratch
        for case in cases:
            yield Prediction(case=case.key, answers={**self.answers, **self._empty(case)})

    def save(self, folder: Path) -> None:
        """Write what a constant model does, and masks.json."""
        super().save(folder)
        text = {"inputs": list(self.inputs), "targets": [target.model_dump(mode="json") for target in self.masks]}
        (folder / BESIDE).write_text(json.dumps(text, indent=1), encoding="utf-8")

    def _empty(self, case: Case) -> dict[str, Value]:
        images = [image for name in self.inputs if name in case.inputs for image in images_of(case.inputs[name])]
        if not images:
            return {}
        grid = images[0].grid
        return {t.name: held_mask(np.zeros(grid.shape, np.uint8), grid, t.classes) for t in self.masks}


class LabelMeans(Constant):
    """Each target's own constant."""

    card = Card(
        name="label_means",
        task="multitask",
        answers=TASK.answers,
        learned=False,
        cite="Holte, Mach Learn 1993; 11:63-90 (the majority as the floor)",
        differs="of every kind of label, as its own task does; masks are empty",
    )

    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return what the baseline of the target's kind answers."""
        task = task_of_kind(target.type)
        method = methods_of(task.name).get(task.floor)
        if not isinstance(method, Constant):
            raise StudyError(f"expected a baseline that says one thing to everybody for {target.type}, got {task.floor}.")
        return method.answer(target, labels)

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> LabelMeansModel:
        """Make one answer per target. StudyError if no learning case was assessed for one of them."""
        targets = targets_of(study, self.card)
        rest = tuple(t for t in targets if t.type != "mask")
        constants: Mapping[str, Value] = {}
        if rest:
            constants = super().fit(study.model_copy(update={"targets": rest}), learn, tune, plan, journal).answers
        return LabelMeansModel(constants, tuple(study.inputs), [t for t in targets if t.type == "mask"])

    def load(self, folder: Path) -> LabelMeansModel:
        """Return the model `save` wrote. FileError if the folder holds none."""
        constants = super().load(folder).answers
        text = json.loads((folder / BESIDE).read_text(encoding="utf-8"))
        return LabelMeansModel(constants, text["inputs"], [Target.model_validate(target) for target in text["targets"]])


METHOD = LabelMeans()
