"""What a study scores beside a mask: places, boxes and counts of its connected parts, each as sure as its surest sample.

In:   a study and the mask it learns; labels and probabilities of one case.
Out:  answers to the scored targets.
Not:  nothing is learned for them. Parts of the answered mask have a score of 0.5 and more; parts that the map holds possible beside
      them, from LEAST on, have less, so that a FROC curve goes on beyond what the mask shows.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.amount import Amount
from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.study import Study, Target
from isocenter.core.value import Value
from isocenter.imaging.parts import part_boxes, parts_of

LEAST = 0.1
"""Probability below which nothing is held possible."""
GIVEN = 0.5
"""Score from which on a place counts as answered (metrics/point_pair.py)."""
TYPES = ("points", "boxes", "count")


class Parts(Record):
    """The parts of one class."""

    middle: NDArray[np.float64]
    """(N, d), world: of mass, weighed by probability."""
    box: NDArray[np.float64]
    """(N, d), world: the middle of the box around it."""
    extent: NDArray[np.float64]
    """(N, d), its full size."""
    score: NDArray[np.float64]
    """(N,) in [0, 1]."""


def scored_parts(study: Study, mask: Target) -> tuple[Target, ...]:
    """Return the targets that are scored by the parts of a mask: those whose classes are the mask's."""
    scored = (t for t in study.targets if t.use == "score" and t.type in TYPES and t.instances == "parts")
    return tuple(t for t in scored if t.classes and set(t.classes) <= set(mask.classes[1:]))


def part_answers(
    targets: Sequence[Target], mask: Target, decided: NDArray[np.bool_], probability: NDArray[np.floating], grid: Grid
) -> dict[str, Value]:
    """Return the answer to each target.

    decided     : (K - 1, *S), what the answered mask holds of each foreground class
    probability : (K - 1, *S) in [0, 1]
    """
    names = mask.classes[1:]
    wanted = dict.fromkeys(name for target in targets for name in target.classes)
    found = {name: find_parts(decided[names.index(name)], probability[names.index(name)], grid) for name in wanted}
    return {target.name: _answer(target, [found[name] for name in target.classes]) for target in targets}


def find_parts(decided: NDArray[np.bool_], probability: NDArray[np.floating], grid: Grid) -> Parts:
    """Return the parts of one class: those decided on, then what is held possible and touches none of them."""
    sure = parts_of(decided)
    maybe = parts_of(decided | (probability >= LEAST))
    touched = np.unique(maybe[decided])
    maybe[np.isin(maybe, touched)] = 0
    every = np.where(maybe > 0, maybe + sure.max(initial=0), sure)
    numbers = np.unique(every[every > 0])
    if not len(numbers):
        nowhere = np.zeros((0, grid.ndim))
        return Parts(middle=nowhere, box=nowhere, extent=nowhere, score=np.zeros(0))
    peak = np.asarray(ndimage.maximum(probability, every, numbers), float)
    given = numbers <= sure.max(initial=0)
    weight = np.maximum(probability, 1e-6)
    box, extent = part_boxes(every, grid)
    return Parts(
        middle=np.asarray(grid.to_world(ndimage.center_of_mass(weight, every, numbers)), float),
        box=box,
        extent=extent,
        score=np.where(given, np.maximum(peak, GIVEN), np.minimum(peak, np.nextafter(GIVEN, 0.0))),
    )


def _answer(target: Target, parts: Sequence[Parts]) -> Value:
    if target.type == "count":
        return Amount(value=float(sum(int((p.score >= GIVEN).sum()) for p in parts)), unit=target.unit)
    boxes = target.type == "boxes"
    return Points(
        world=np.concatenate([p.box if boxes else p.middle for p in parts]),
        kind=np.concatenate([np.full(len(p.score), kind, np.intp) for kind, p in enumerate(parts)]),
        score=np.concatenate([p.score for p in parts]),
        names=target.classes,
        extent=np.concatenate([p.extent for p in parts]) if boxes else None,
    )
