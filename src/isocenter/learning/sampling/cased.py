"""Curriculum sampling: first lesions and their surroundings, then ever more of the hard rest.

In:   the cases' shapes, where their classes lie, a patch size; the losses of the patches drawn.
Out:  patches. The share around the foreground falls from 1, by half every `half_life` patches, to `least`.

Reference: Jesson et al., CASED, MICCAI 2017, LNCS 10435:639-646, arXiv:1807.10819.
Differs:   hardness is the loss of a fixed set of places, renewed as they are drawn. The curriculum ends at a stated least share
           of foreground, where the paper's ends in uniform sampling: a short training would never see a lesion there.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from isocenter.core.options import AboveZero, Share
from isocenter.learning.around import Around
from isocenter.learning.hard_places import HardPlaces
from isocenter.learning.places import CasePlaces, PatchSpec


class CasedSampler:
    """Foreground at first, hard places later."""

    listens: ClassVar[bool] = True

    def __init__(
        self,
        places: Sequence[CasePlaces],
        patch: tuple[int, ...],
        generator: np.random.Generator,
        *,
        half_life: AboveZero = 500.0,
        least: Share = 0.1,
    ) -> None:
        self._half_life, self._least, self._generator = half_life, least, generator
        self._drawn = 0
        self._around = Around(places, patch, generator)
        self._hard = HardPlaces(places, patch, generator)

    @property
    def share(self) -> float:
        """The share of patches around the foreground, now."""
        return float(max(self._least, 0.5 ** (self._drawn / self._half_life)))

    def draw(self, batch: int) -> list[PatchSpec]:
        """Return as many patches as asked for."""
        made = []
        for chance in self._generator.random(batch):
            made.append(self._around.draw() if chance < self.share else self._hard.draw())
            self._drawn += 1
        return made

    def feedback(self, specs: Sequence[PatchSpec], losses: Sequence[float]) -> None:
        """Remember which places were hard."""
        for spec, loss in zip(specs, losses, strict=True):
            self._hard.learn(spec, loss)

    def state(self) -> Mapping[str, Any]:
        """Return generator, how far the curriculum is, turns and weights."""
        return {
            "generator": self._generator.bit_generator.state,
            "drawn": self._drawn,
            "around": self._around.state(),
            "hard": self._hard.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self._drawn = int(state["drawn"])
        self._around.restore(state["around"])
        self._hard.restore(state["hard"])
        self._generator.bit_generator.state = state["generator"]


SAMPLER = CasedSampler
