"""The baselines that give every case the same answer: the mean, the majority, Kaplan-Meier, the empty set.

In:   the labels of the learning cases; no image is opened.
Out:  Constant, to be subclassed with a card and one function from labels to an answer; ConstantModel.
Not:  no summaries of labels here; each is the purpose of one file in methods/<task>/.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors.numpy import load_file, save_file

from isocenter.core.case import Case, Cases
from isocenter.core.errors import FileError
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.methods._baselines.labels import labeled, nothing_to_learn, targets_of
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods._baselines.stored import Stored, restore, store


@dataclass(frozen=True, kw_only=True)
class NoSettings:
    """There is nothing to set."""


class ConstantModel:
    """One answer per target, the same for all cases; it needs no input, so it refuses none."""

    def __init__(self, answers: Mapping[str, Value]) -> None:
        self.answers = answers

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield the answers once a case."""
        del scratch
        for case in cases:
            yield Prediction(case=case.key, answers=self.answers)

    def save(self, folder: Path) -> None:
        """Write model.json and model.safetensors."""
        folder.mkdir(parents=True, exist_ok=True)
        parts = {name: store(value) for name, value in self.answers.items()}
        text = {"answers": {name: part.text for name, part in parts.items()}}
        (folder / "model.json").write_text(json.dumps(text, indent=1), encoding="utf-8")
        arrays = {f"{name}:{field}": array for name, part in parts.items() for field, array in part.arrays.items()}
        save_file(arrays, folder / "model.safetensors")


class Constant(ABC):
    """A recipe that turns the labels of a target into one answer for everybody."""

    card: Card

    @abstractmethod
    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return the answer made of the labels (at least one); None if none of them was assessed."""

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan without choices."""
        del minutes, gigabytes
        return baseline_plan(self.card, study, fingerprint, NoSettings(), {})

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> ConstantModel:
        """Make one answer per target. StudyError if no learning case was assessed for one of them."""
        del tune, plan, journal
        answers: dict[str, Value] = {}
        for target in targets_of(study, self.card):
            labels = [value for _, value in labeled(target, learn)]
            answer = self.answer(target, labels) if labels else None
            if answer is None:
                raise nothing_to_learn(target)
            answers[target.name] = answer
        return ConstantModel(answers)

    def load(self, folder: Path) -> ConstantModel:
        """Return the model `save` wrote. FileError if the folder holds none."""
        try:
            text = json.loads((folder / "model.json").read_text(encoding="utf-8"))["answers"]
            arrays = load_file(folder / "model.safetensors")
        except (OSError, KeyError, ValueError) as error:
            raise FileError(f"expected a saved {self.card.name} model in {folder}, got none ({error}). Train it first.") from error
        answers: dict[str, Value] = {}
        for name, part in text.items():
            own = {key.rsplit(":", 1)[1]: array for key, array in arrays.items() if key.rsplit(":", 1)[0] == name}
            answers[name] = restore(Stored(text=part, arrays=own))
        return ConstantModel(answers)
