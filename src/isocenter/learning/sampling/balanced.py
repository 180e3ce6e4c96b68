"""Balanced sampling: background and foreground classes are seen equally often.

In:   the cases' shapes, where their classes lie, a patch size.
Out:  patches: one of the classes, or anywhere, each with the same chance.
Not:  no regard for how well a class is learned already.

Reference: Ciresan et al., NeurIPS 2012 (as many membrane as non-membrane pixels).
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from isocenter.learning.places import CasePlaces, PatchSpec, centered
from isocenter.learning.sampling.uniform import UniformSampler
from isocenter.learning.turns import Turns


class BalancedSampler:
    """A class, then a case that has it, then a voxel of it; class 0 is anywhere."""

    listens: ClassVar[bool] = False

    def __init__(self, places: Sequence[CasePlaces], patch: tuple[int, ...], generator: np.random.Generator) -> None:
        self._places, self._patch, self._generator = places, patch, generator
        self._anywhere = UniformSampler(places, patch, generator)
        names = sorted({name for case in places for name in case.classes})
        self._turns = {name: Turns([i for i, case in enumerate(places) if name in case.classes], generator) for name in names}
        self._classes = Turns([0, *names], generator)

    def draw(self, batch: int) -> list[PatchSpec]:
        """Return as many patches as asked for; classes come in turns."""
        return [self._one(self._classes.next()) for _ in range(batch)]

    def _one(self, name: int) -> PatchSpec:
        if name == 0:
            return self._anywhere.draw(1)[0]
        case = self._turns[name].next()
        voxels = self._places[case].classes[name]
        voxel = voxels[int(self._generator.integers(len(voxels)))]
        return centered(case, voxel, self._places[case].shape, self._patch)

    def feedback(self, specs: Sequence[PatchSpec], losses: Sequence[float]) -> None:
        """Learn nothing."""

    def state(self) -> Mapping[str, Any]:
        """Return the generator and what is left of all turns."""
        return {
            **self._anywhere.state(),
            "classes": self._classes.state(),
            "cases": {str(name): turns.state() for name, turns in self._turns.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self._anywhere.restore(state)
        self._classes.restore(state["classes"])
        for name, turns in self._turns.items():
            turns.restore(state["cases"][str(name)])


SAMPLER = BalancedSampler
