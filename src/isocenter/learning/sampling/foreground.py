"""Foreground sampling: a share of each batch is centered on a voxel of a foreground class.

In:   the cases' shapes, where their classes lie, a patch size.
Out:  patches; the last ones of a batch are the forced ones.
Not:  no regard for how well a class is learned already.

Reference: Isensee et al., Nat Methods 2021; 18:203-211.
Differs:   forced patches come from cases that have foreground, in turns of their own; nnU-Net draws cases blindly.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from isocenter.core.options import Share
from isocenter.learning.around import Around
from isocenter.learning.places import CasePlaces, PatchSpec
from isocenter.learning.sampling.uniform import UniformSampler


class ForegroundSampler:
    """Uniform patches and, for a share, patches around a voxel of a class drawn evenly among those the case has."""

    listens: ClassVar[bool] = False

    def __init__(
        self, places: Sequence[CasePlaces], patch: tuple[int, ...], generator: np.random.Generator, *, share: Share = 1 / 3
    ) -> None:
        self._share = share
        self._anywhere = UniformSampler(places, patch, generator)
        self._around = Around(places, patch, generator)

    def draw(self, batch: int) -> list[PatchSpec]:
        """Return as many patches as asked for; at least one is forced when the share is above 0 and the batch above 1."""
        free = round(batch * (1 - self._share))
        return self._anywhere.draw(free) + [self._around.draw() for _ in range(batch - free)]

    def feedback(self, specs: Sequence[PatchSpec], losses: Sequence[float]) -> None:
        """Learn nothing."""

    def state(self) -> Mapping[str, Any]:
        """Return the generator and what is left of both turns."""
        return {**self._anywhere.state(), "around": self._around.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self._anywhere.restore(state)
        self._around.restore(state["around"])


SAMPLER = ForegroundSampler
