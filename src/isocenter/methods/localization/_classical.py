"""What the classical counters share: which channel to look at, a case looked at, numbers that are saved.

In:   cases with dots; a rule that finds or counts, chosen on learning cases.
Out:  ClassicalCounter; the learning cases as channels and dots.
Not:  no rule (watershed.py, area_count.py).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case, Cases
from isocenter.core.errors import FileError, GeometryError, IsocenterError
from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.core.prediction import Prediction
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.learning.assessed import assessed
from isocenter.methods._baselines.channels import read_channels
from isocenter.methods._baselines.labels import nothing_to_learn
from isocenter.methods._places import count_answers, counted, dots, kinds_of, learned_points

Found = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Places (N, d) in samples; how many of all kinds (), which need not be N."""
Rule = Callable[[Mapping[str, Any], NDArray[np.float32]], Found]
"""(chosen numbers, one channel (*S)) -> what is there."""


class Field(Record):
    """One learning case."""

    channels: Mapping[str, NDArray[np.float32]]
    grid: Grid
    places: NDArray[np.float64]
    """(N, d) in samples."""


class ClassicalCounter:
    """A rule and the numbers it was given; see Model in core/method.py."""

    def __init__(self, rule: Rule, chosen: Mapping[str, Any]) -> None:
        """Hold a rule.

        chosen : JSON: inputs, target, counts, shares (K,) of the kinds, channel, and what the rule needs
        """
        self._rule, self.chosen = rule, dict(chosen)
        self.target = Target.model_validate(chosen["target"])
        self._counts = tuple(Target.model_validate(t) for t in chosen["counts"])

    def predict(self, cases: Iterable[Case], *, scratch: Path) -> Iterator[Prediction]:
        """Yield one prediction a case; one without the channel that was learned from is refused."""
        del scratch
        for case in cases:
            try:
                yield self._answer(case)
            except IsocenterError as error:
                yield Prediction(case=case.key, answers={}, refused=str(error))

    def save(self, folder: Path) -> None:
        """Write model.json."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "model.json").write_text(json.dumps(self.chosen, indent=1), encoding="utf-8")

    def _answer(self, case: Case) -> Prediction:
        samples, grid = looked_at(case, self.target, self.chosen["inputs"], self.chosen["channel"])
        places, number = self._rule(self.chosen, samples)
        kinds, shares = kinds_of(self.target), np.asarray(self.chosen["shares"], float)
        points = Points(
            world=grid.to_world(places) if len(places) else np.zeros((0, grid.ndim)),
            kind=np.full(len(places), int(shares.argmax()), np.intp),
            score=np.ones(len(places)),
            names=kinds,
        )
        answers = {self.target.name: points, **count_answers(float(number) * shares, kinds, self._counts)}
        return Prediction(case=case.key, answers=answers)


def looked_at(case: Case, target: Target, inputs: Sequence[str], channel: str) -> tuple[NDArray[np.float32], Grid]:
    """Return one channel (*S) of a case, its median where nothing was assessed, and its grid. GeometryError without the channel."""
    seen = read_channels(case, inputs)
    if channel not in seen.arrays:
        raise GeometryError(f"expected the channel {channel} in case {case.key}, got {', '.join(seen.arrays)}.")
    samples, where = seen.arrays[channel], assessed(case, target, seen.grid)
    if where is not None:
        samples = np.where(where, samples, np.median(samples[where]) if where.any() else 0.0).astype(np.float32)
    return samples, seen.grid


def fields(study: Study, learn: Cases, *, most: int) -> list[Field]:
    """Return at most so many learning cases, spread evenly. StudyError if none has dots."""
    target = learned_points(study)
    keys = [case.key for case in learn if target.name in case.labels]
    made = []
    for case in learn.select(keys[:: max(1, -(-len(keys) // most))]):
        seen = read_channels(case, study.inputs)
        points = dots(case, target)
        places = seen.grid.to_index(points.world) if len(points) else np.zeros((0, seen.grid.ndim))
        made.append(Field(channels=seen.arrays, grid=seen.grid, places=np.asarray(places, float)))
    if not any(len(f.places) for f in made):
        raise nothing_to_learn(target)
    return made


def common(study: Study, learn: Cases) -> dict[str, Any]:
    """Return what every counter saves: inputs, target, counts, shares of the kinds."""
    target = learned_points(study)
    kinds = kinds_of(target)
    numbers = sum(np.bincount(dots(c, target).kind, minlength=len(kinds)) for c in learn if target.name in c.labels)
    return {
        "inputs": list(study.inputs),
        "target": target.model_dump(mode="json"),
        "counts": [t.model_dump(mode="json") for t in counted(study)],
        "shares": (np.asarray(numbers, float) / max(1, np.sum(numbers))).tolist(),
    }


def sides(seen: Sequence[Field]) -> list[tuple[str, bool]]:
    """Return what may be the foreground: each channel that all cases have, bright or dark."""
    names = [name for name in seen[0].channels if all(name in f.channels for f in seen)]
    return [(name, bright) for name in names for bright in (True, False)]


def load_counter(folder: Path, rule: Rule, *, name: str) -> ClassicalCounter:
    """Return the model `save` wrote. FileError if the folder holds none."""
    try:
        return ClassicalCounter(rule, json.loads((folder / "model.json").read_text(encoding="utf-8")))
    except (OSError, KeyError, ValueError) as error:
        raise FileError(f"expected a saved {name} model in {folder}, got none ({error}). Train it first.") from error
