"""Familiar: what a network of exams learned from, and how unlike it a new exam is.

In:   a fitted network, the items and cases it learned from; then an item, and a case's images.
Out:  Familiar: the distance of an item, and the reason an image is of another kind; familiar.json and familiar.safetensors.
Not:  no line beyond which an exam is refused: that is chosen on tuning cases (stages/unlike.py).
"""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case, Cases
from isocenter.core.image import Held, Image
from isocenter.core.record import Record
from isocenter.core.value import Input
from isocenter.learning.exam.batch import alike
from isocenter.learning.exam.description import blocks_of, describe
from isocenter.learning.exam.guard import Guard, Seen, fit_guard
from isocenter.learning.exam.items import Item, images_of
from isocenter.learning.exam.network import ExamOutput
from isocenter.learning.unlikeness import Unlikeness, fit_unlikeness, load_unlikeness

DESCRIBED = 500
"""Learning items the distance is fitted to, evenly spread."""
LOOKED_AT = 100
"""Learning cases whose images are opened once more for the guard."""
AT_ONCE = 16


class Looks(Protocol):
    """What looks at a batch: ExamModel.look_at."""

    def __call__(self, items: Sequence[Item]) -> ExamOutput:
        """Return what the network says of items with one number of instances each."""
        ...


class Familiar(Record):
    """What the learning cases looked like, to the network and in plain numbers."""

    unlikeness: Unlikeness
    guard: Guard

    def distance(self, item: Item, output: ExamOutput) -> float:
        """Return how far an item lies from those learned from, in [0, inf); about 1 for one of them. NaN without features."""
        if output.pooled is None:
            return float("nan")
        return self.unlikeness.distance(describe(item, output.pooled[0].numpy()))

    def reason(self, cases: Iterable[Case]) -> str:
        """Return why an image of these cases is of another kind; "" where none is."""
        return next((reason for case in cases if (reason := self.guard.reason(_images(case, tuple(self.guard.inputs))))), "")

    def save(self, folder: Path) -> None:
        """Write familiar.json and familiar.safetensors."""
        text = {"cases": self.unlikeness.cases, "guard": dataclasses.asdict(self.guard)}
        (folder / "familiar.json").write_text(json.dumps(text, indent=1), encoding="utf-8")
        self.unlikeness.save(folder / "familiar.safetensors")


def fit_familiar(look: Looks, learn: Cases, items: Sequence[Item], *, inputs: tuple[str, ...]) -> Familiar | None:
    """Return what a network's learning cases look like to it; None with fewer than two."""
    if len(items) < 2:
        return None
    features: list[NDArray[np.float64]] = []
    width = 0
    for group in alike(_spread(items, DESCRIBED), AT_ONCE):
        output = look(group)
        if output.pooled is None:
            return None
        width = output.pooled.shape[1]
        features += [describe(item, pooled) for item, pooled in zip(group, output.pooled.numpy(), strict=True)]
    shown = [learn[key] for key in _spread(tuple(dict.fromkeys(key for item in items for key in item.keys)), LOOKED_AT)]
    return Familiar(
        unlikeness=fit_unlikeness(np.stack(features), blocks_of(items[0], width)),
        guard=fit_guard(_images(case, inputs) for case in shown),
    )


def load_familiar(folder: Path) -> Familiar | None:
    """Return what `save` wrote; None where a model was saved without."""
    if not (folder / "familiar.json").is_file():
        return None
    text = json.loads((folder / "familiar.json").read_text(encoding="utf-8"))
    inputs = {
        name: Seen(
            channels=tuple(seen["channels"]),
            world=tuple(seen["world"]),
            spacing=tuple((float(low), float(high)) for low, high in seen["spacing"]),
            **{field: float(seen[field]) for field in ("low", "high", "contrast")},
        )
        for name, seen in text["guard"]["inputs"].items()
    }
    return Familiar(
        unlikeness=load_unlikeness(folder / "familiar.safetensors", cases=text["cases"]),
        guard=Guard(inputs=inputs),
    )


def in_memory(case: Case, inputs: tuple[str, ...]) -> Case:
    """Return a case whose images are read once, though several look at them; bags stay where they are."""
    held: dict[str, Input] = {name: case.inputs[name] for name in inputs if name in case.inputs}
    for name, image in held.items():
        if isinstance(image, Image):
            held[name] = dataclasses.replace(image, load=Held(image.array()))
    return dataclasses.replace(case, inputs=held)


def _images(case: Case, inputs: tuple[str, ...]) -> dict[str, tuple[Image, ...]]:
    return {name: images_of(case.inputs[name]) for name in inputs if name in case.inputs}


def _spread(found: Sequence[Any], most: int) -> list[Any]:
    """Return at most so many of a sequence, evenly spread."""
    places = np.linspace(0, len(found) - 1, min(most, len(found))).round().astype(int)
    return [found[i] for i in sorted(set(places.tolist()))]
