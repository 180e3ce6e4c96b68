"""The networks of exams of a run, each with cases it did not learn from.

In:   a run. Out: the models, and of some held-out exams the items they see.
Not:  no judgment.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from isocenter.audits._held_out import Place, places_of
from isocenter.audits.audit import NotForThisRun
from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError, SettingError, unknown
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.io.table import TableCases
from isocenter.learning.exam.items import Item, units_of
from isocenter.methods._exam.model import ExamModel
from isocenter.stages.answer import load_model
from isocenter.stages.run_cases import open_run
from isocenter.stages.run_folder import RunFolder


class Seen(Record):
    """One held-out exam, or a patient's, as its model sees it."""

    model: ExamModel
    unit: tuple[Case, ...]
    item: Item

    @property
    def key(self) -> str:
        """Key of its first case."""
        return self.unit[0].key

    @property
    def patient(self) -> str:
        """Whom it shows."""
        return self.unit[0].patient


def exam_places(run: RunFolder) -> tuple[Study, TableCases, list[Place]]:
    """Return study, table and places. NotForThisRun when nothing was held out or the method is no network of exams."""
    study, cases = open_run(run)
    places = [place for place in places_of(run) if place.keys]
    if not places:
        raise NotForThisRun(
            f"expected cases the model did not learn from, got none in {run.path}. Give the study `split: {{folds: 5}}` and run "
            "it again."
        )
    model_of(places[0], study)
    return study, cases, places


def model_of(place: Place, study: Study) -> ExamModel:
    """Return a place's model. NotForThisRun unless it is a network of whole exams."""
    model = load_model(place.run, study)
    if not isinstance(model, ExamModel):
        raise NotForThisRun(
            f"expected a network of whole exams, got {type(model).__name__}, which has no gradients to follow. "
            "Name a method such as cnn in the study."
        )
    return model


def target_of(study: Study, name: str) -> Target:
    """Return a learned target by name, the first when none is named. SettingError, with "did you mean"."""
    learned = {target.name: target for target in study.targets if target.use == "learn"}
    if name and name not in learned:
        raise SettingError(unknown("learned target", name, learned))
    return learned[name] if name else next(iter(learned.values()))


def some_seen(places: Sequence[Place], study: Study, cases: TableCases, target: Target, *, count: int) -> Iterator[Seen]:
    """Yield up to `count` held-out exams in all, evenly spread; one that cannot be read, or has no label, is left out."""
    learned = [t for t in study.targets if t.use == "learn"]
    each = -(-count // len(places))
    for place in places:
        model = model_of(place, study)
        labeled = (cases[key] for key in place.keys if target.name in cases[key].labels)
        units = list(units_of(labeled, per_patient=any(t.per == "patient" for t in learned)))
        picks = sorted(set(np.linspace(0, len(units) - 1, min(each, len(units))).round().astype(int).tolist())) if units else []
        for index in picks:
            try:
                items = model.items(units[index], labeled=False)
            except (IsocenterError, OSError, ValueError, EOFError):
                continue
            item = next((item for item in items if target.name in item.targets), None)
            if item is not None:
                yield Seen(model=model, unit=units[index], item=item)
