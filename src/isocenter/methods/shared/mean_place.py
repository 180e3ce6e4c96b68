"""Mean place: every structure lies where it lies on average in the learning images, and is as large as there.

In:   points or boxes, one of each kind a case; where the images lie (headers alone).
Out:  the mean place of each kind, or the mean box; how sure: the share of learning cases that have it.
Not:  no image is looked at. In a set that was cut around the structure this is hard to beat, and that says how little is asked.

Reference: de Vos et al., IEEE Trans Med Imaging 2017; 36:1470-1481 (what boxes are compared with there).
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case, Cases
from isocenter.core.errors import FileError, IsocenterError
from isocenter.core.grid import Grid
from isocenter.core.journal import Journal
from isocenter.core.method import Card
from isocenter.core.plan import Plan
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.study import Study, Target
from isocenter.core.task import Task
from isocenter.methods._baselines.channels import grid_of
from isocenter.methods._baselines.constant import NoSettings
from isocenter.methods._baselines.labels import nothing_to_learn
from isocenter.methods._baselines.settings import baseline_plan
from isocenter.methods._places import kinds_of
from isocenter.methods._structures.one_each import one_each, structures_of

MEASURED_FROM = ("image", "world")
"""From the middle of the image, or from the zero of its world: whichever varies less over the learning cases."""


class MeanPlaceModel:
    """See Model in core/method.py."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        """Hold what was learned.

        found : JSON: inputs, target, measured_from, place (K, d), extent (K, d) or None, share (K,)
        """
        self.found = dict(found)
        self.target = Target.model_validate(found["target"])

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; a case without an image is refused: nothing says where its middle is."""
        del scratch
        for case in cases:
            try:
                yield Prediction(case=case.key, answers={self.target.name: self._answer(grid_of(case, self.found["inputs"]))})
            except IsocenterError as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))

    def save(self, folder: Path) -> None:
        """Write model.json."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.json").write_text(json.dumps(self.found, indent=1), encoding="utf-8")

    def _answer(self, grid: Grid) -> Points:
        place, share = np.asarray(self.found["place"], float), np.asarray(self.found["share"], float)
        extent = self.found["extent"]
        known = share > 0
        return Points(
            world=place[known] + zero_of(grid, self.found["measured_from"]),
            kind=np.flatnonzero(known),
            score=share[known],
            names=kinds_of(self.target),
            extent=None if extent is None else np.asarray(extent, float)[known],
        )


class MeanPlace:
    """See Method in core/method.py."""

    def __init__(self, task: Task) -> None:
        self.card = Card(
            name="mean_place",
            task=task.name,
            answers=task.answers,
            learned=False,
            cite="de Vos et al., IEEE Trans Med Imaging 2017; 36:1470-1481.",
            differs="measured from the middle of the image or the zero of its world, whichever varies less in the learning cases",
        )

    def plan(self, study: Study, fingerprint: Mapping[str, Any], *, minutes: float, gigabytes: float) -> Plan:
        """Return a plan without choices."""
        del minutes, gigabytes
        return baseline_plan(self.card, study, fingerprint, NoSettings(), {})

    def fit(self, study: Study, learn: Cases, tune: Cases, plan: Plan, journal: Journal) -> MeanPlaceModel:
        """Take the mean. StudyError if no learning case has a structure, or one has two of a kind."""
        del tune, plan, journal
        target, inputs = structures_of(study), tuple(study.inputs)
        known = [(one_each(case, target), grid_of(case, inputs)) for case in learn if target.name in case.labels]
        if not any(len(places) for places, _ in known):
            raise nothing_to_learn(target)
        count = len(kinds_of(target))
        each = {zero: _spread(known, zero, count) for zero in MEASURED_FROM}
        zero = min(MEASURED_FROM, key=lambda name: float(_mean((each[name] - _mean(each[name])) ** 2).sum()))
        found = {
            "inputs": list(inputs),
            "target": target.model_dump(mode="json"),
            "measured_from": zero,
            "place": _mean(each[zero]).tolist(),
            "extent": _mean(_extents(known, count)).tolist() if target.type == "boxes" else None,
            "share": np.isfinite(each[zero]).all(axis=2).mean(axis=0).tolist(),
        }
        return MeanPlaceModel(found)

    def load(self, folder: Path) -> MeanPlaceModel:
        """Return the model `save` wrote. FileError if the folder holds none."""
        try:
            return MeanPlaceModel(json.loads((folder / "model.json").read_text(encoding="utf-8")))
        except (OSError, KeyError, ValueError) as error:
            raise FileError(f"expected a saved {self.card.name} model in {folder}, got none ({error}). Train it first.") from error


def zero_of(grid: Grid, measured_from: str) -> NDArray[np.float64]:
    """Return where places are measured from in this image, (d,) in its world."""
    if measured_from == "world":
        return np.zeros(grid.ndim)
    return np.asarray(grid.to_world([(np.asarray(grid.shape) - 1) / 2])[0], float)


def _spread(known: Sequence[tuple[Points, Grid]], zero: str, count: int) -> NDArray[np.float64]:
    """Return the place of each kind in each case, (N, K, d); NaN where a case does not have it."""
    each = np.full((len(known), count, known[0][1].ndim), np.nan)
    for row, (places, grid) in zip(each, known, strict=True):
        row[places.kind] = places.world - zero_of(grid, zero)
    return each


def _extents(known: Sequence[tuple[Points, Grid]], count: int) -> NDArray[np.float64]:
    each = np.full((len(known), count, known[0][1].ndim), np.nan)
    for row, (places, _) in zip(each, known, strict=True):
        if places.extent is not None:
            row[places.kind] = places.extent
    return each


def _mean(each: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over the cases that have a kind, (K, d); 0 for a kind that none has."""
    have = np.isfinite(each)
    return np.asarray(np.where(have, each, 0.0).sum(axis=0) / np.maximum(have.sum(axis=0), 1), float)


def method(task: Task) -> MeanPlace:
    """Return it for a task."""
    return MeanPlace(task)
