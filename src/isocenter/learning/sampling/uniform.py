"""Uniform sampling: every case in turn, the patch anywhere in it.

In:   the cases' shapes and a patch size.
Out:  patches.
Not:  no regard for classes (foreground.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from isocenter.learning.places import CasePlaces, PatchSpec, start_range
from isocenter.learning.turns import Turns


class UniformSampler:
    """Cases in shuffled turns; starts uniform among those that keep the patch inside the image (or the image inside it)."""

    listens: ClassVar[bool] = False

    def __init__(self, places: Sequence[CasePlaces], patch: tuple[int, ...], generator: np.random.Generator) -> None:
        self._ranges = [start_range(case.shape, patch) for case in places]
        self._generator = generator
        self._turns = Turns(range(len(places)), generator)

    def draw(self, batch: int) -> list[PatchSpec]:
        """Return as many patches as asked for."""
        return [self._one(self._turns.next()) for _ in range(batch)]

    def _one(self, case: int) -> PatchSpec:
        low, high = self._ranges[case]
        start = self._generator.integers(low, high, endpoint=True)
        return PatchSpec(case=case, start=tuple(int(s) for s in start))

    def feedback(self, specs: Sequence[PatchSpec], losses: Sequence[float]) -> None:
        """Learn nothing."""

    def state(self) -> Mapping[str, Any]:
        """Return the generator and what is left of the turn."""
        return {"generator": self._generator.bit_generator.state, "turns": self._turns.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self._generator.bit_generator.state = state["generator"]
        self._turns.restore(state["turns"])


SAMPLER = UniformSampler
