"""Faithfulness of a map: does the number fall when the places it names are covered first, and rise when they are shown first?

In:   a question, a map (B, *S).
Out:  Removal: the number while cells are covered (deletion) and shown (insertion) in the map's order; Faithfulness: the areas under
      both, and how much better than a random order and than an order from the middle outward.
Not:  no map (attributions/), no cohort (audits/attribution.py).

Reference: Petsiuk, Das & Saenko, RISE, BMVC 2018, arXiv:1806.07421; Samek et al., IEEE Trans Neural Netw Learn Syst 2017;
           28:2660-2673 (cells in place of single samples).
Differs:   covered is each channel's mean in both directions; areas are in shares of the range the number ran through, so that
           cases can be averaged.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.learning.attribution import TOGETHER, Question
from isocenter.learning.cells import cell_means, cell_numbers

Floats = NDArray[np.float64]
STEPS = 10
DRAWS = 4
"""Random orders."""
STILL = 1e-6
"""A number that moves by less was not moved by covering anything."""


class Removal(Record):
    """The number while cells are covered, and while they are shown, most important first."""

    deletion: Floats
    """(steps + 1,), from the whole exam to a blank one."""
    insertion: Floats
    """(steps + 1,), from a blank exam to the whole one."""


class References(Record):
    """Orders that know nothing of the network."""

    random: tuple[Removal, ...]
    center: Removal
    """From the middle of the frame outward: what is looked for often lies there."""


class Faithfulness(Record):
    """How true a map is to the network, of one case. NaN when covering the whole exam does not move the number."""

    deletion_area: float
    """In [0, 1]; small is good."""
    insertion_area: float
    """In [0, 1]; large is good."""
    over_random: float
    """insertion_area - deletion_area, minus the same of random orders; in [-2, 2]."""
    over_center: float
    """The same against the order from the middle outward."""


def remove(question: Question, importance: NDArray[np.floating], *, rng: np.random.Generator, steps: int = STEPS) -> Removal:
    """Return the number as cells are covered and shown in the order of a map (B, *S); ties are broken at random."""
    cells = cell_numbers(question.places)
    means = cell_means(importance, cells)
    order = np.lexsort((rng.random(len(means)), -means))
    rank = np.empty(len(means), np.intp)
    rank[order] = np.arange(len(means))
    counts = np.round(np.linspace(0, len(means), steps + 1)).astype(int)
    touched = torch.from_numpy(rank[cells][None] < counts.reshape(-1, *[1] * cells.ndim))  # (steps + 1, B, *S)
    return Removal(deletion=_scores(question, ~touched), insertion=_scores(question, touched))


def refer(question: Question, *, rng: np.random.Generator, steps: int = STEPS, draws: int = DRAWS) -> References:
    """Return what orders that know nothing of the network give."""
    flat = np.zeros(question.places)
    size = question.places[1:]
    axes = np.meshgrid(*[(np.arange(n) - (n - 1) / 2) / n for n in size], indexing="ij")
    near = np.broadcast_to(-np.sqrt(np.sum(np.square(axes), axis=0)), question.places)
    return References(
        random=tuple(remove(question, flat, rng=rng, steps=steps) for _ in range(draws)),
        center=remove(question, near, rng=rng, steps=steps),
    )


def judge(removal: Removal, references: References, *, signed: bool) -> Faithfulness:
    """Return how true a map is.

    signed : False for maps that say how much and not which way; the number may then also fall when its places are shown
    """
    every = [removal, references.center, *references.random]
    reached = np.concatenate([np.concatenate([each.deletion, each.insertion]) for each in every])
    low, high = float(reached.min()), float(reached.max())
    if not np.isfinite(reached).all() or high - low < STILL:
        nan = float("nan")
        return Faithfulness(deletion_area=nan, insertion_area=nan, over_random=nan, over_center=nan)
    falls = not signed and removal.insertion[-1] < removal.insertion[0]

    def areas(each: Removal) -> tuple[float, float]:
        scaled = [(curve - low) / (high - low) for curve in (each.deletion, each.insertion)]
        deletion, insertion = (float(np.trapezoid(1 - curve if falls else curve)) / (len(curve) - 1) for curve in scaled)
        return deletion, insertion

    deletion, insertion = areas(removal)

    def over(others: Sequence[Removal]) -> float:
        return insertion - deletion - float(np.mean([b - a for a, b in map(areas, others)]))

    return Faithfulness(
        deletion_area=deletion,
        insertion_area=insertion,
        over_random=over(references.random),
        over_center=over([references.center]),
    )


def _scores(question: Question, shown: torch.Tensor) -> Floats:
    """Return the number (T,) with only some places shown, bool (T, B, *S)."""
    found: list[NDArray[np.float32]] = []
    with torch.no_grad():
        for start in range(0, len(shown), TOGETHER):
            part = shown[start : start + TOGETHER].unsqueeze(2)  # (T, B, 1, *S)
            views = [torch.where(part, view, blank) for view, blank in zip(question.batch.views, question.blank, strict=True)]
            found.append(question.score(*views).numpy())
    return np.concatenate(found).astype(float)
