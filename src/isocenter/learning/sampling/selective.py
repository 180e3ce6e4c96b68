"""Selective sampling: half of the patches are foreground, the others the ones the network errs on most.

In:   the cases' shapes, where their classes lie, a patch size; the losses of the patches drawn.
Out:  patches.

Reference: van Grinsven et al., IEEE Trans Med Imaging 2016; 35:1273-1284.
Differs:   weights are the losses of a fixed set of places, renewed as they are drawn; the paper classifies every negative pixel
           anew at the start of each epoch, which a whole volume does not allow.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from isocenter.core.options import Share
from isocenter.learning.around import Around
from isocenter.learning.hard_places import HardPlaces
from isocenter.learning.places import CasePlaces, PatchSpec


class SelectiveSampler:
    """Foreground, and hard places."""

    listens: ClassVar[bool] = True

    def __init__(
        self, places: Sequence[CasePlaces], patch: tuple[int, ...], generator: np.random.Generator, *, share: Share = 0.5
    ) -> None:
        self._share, self._generator = share, generator
        self._around = Around(places, patch, generator)
        self._hard = HardPlaces(places, patch, generator)

    def draw(self, batch: int) -> list[PatchSpec]:
        """Return as many patches as asked for; which of them are foreground is drawn."""
        return [self._around.draw() if forced else self._hard.draw() for forced in self._generator.random(batch) < self._share]

    def feedback(self, specs: Sequence[PatchSpec], losses: Sequence[float]) -> None:
        """Remember which places were hard."""
        for spec, loss in zip(specs, losses, strict=True):
            self._hard.learn(spec, loss)

    def state(self) -> Mapping[str, Any]:
        """Return generator, turns and weights."""
        return {
            "generator": self._generator.bit_generator.state,
            "around": self._around.state(),
            "hard": self._hard.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self._around.restore(state["around"])
        self._hard.restore(state["hard"])
        self._generator.bit_generator.state = state["generator"]


SAMPLER = SelectiveSampler
