"""Foreground sampling: a share of each batch is centered on a voxel of a foreground class.

In:   the cases' shapes, where their classes lie, a patch size.
Out:  patches; the last ones of a batch are the forced ones.
Not:  no regard for how well a class is learned already.

Reference: Isensee et al., Nat Methods 2021; 18:203-211.
Differs:   forced patches come from cases that have foreground, in turns of their own; nnU-Net draws cases blindly.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.core.errors import PlanError
from isocenter.learning.places import CasePlaces, PatchSpec, start_range
from isocenter.learning.turns import Turns


class ForegroundSampler:
    """Uniform patches and, for a share, patches around a voxel of a class drawn evenly among those the case has."""

    def __init__(
        self, places: Sequence[CasePlaces], patch: tuple[int, ...], generator: np.random.Generator, *, share: float = 1 / 3
    ) -> None:
        if not 0 <= share <= 1:
            raise PlanError(f"the share of foreground patches must lie in [0, 1], got {share!r}.")
        self._places = places
        self._patch = np.asarray(patch)
        self._ranges = [start_range(case.shape, patch) for case in places]
        self._share = share
        self._generator = generator
        self._turns = Turns(range(len(places)), generator)
        full = [i for i, case in enumerate(places) if case.classes]
        self._full_turns = Turns(full, generator) if full else self._turns

    def draw(self, batch: int) -> list[PatchSpec]:
        """Return as many patches as asked for; at least one is forced when the share is above 0 and the batch above 1."""
        free = round(batch * (1 - self._share))
        return [self._anywhere(self._turns.next()) for _ in range(free)] + [
            self._around_foreground(self._full_turns.next()) for _ in range(batch - free)
        ]

    def _anywhere(self, case: int) -> PatchSpec:
        low, high = self._ranges[case]
        start = self._generator.integers(low, high, endpoint=True)
        return PatchSpec(case=case, start=tuple(int(s) for s in start))

    def _around_foreground(self, case: int) -> PatchSpec:
        classes = self._places[case].classes
        if not classes:
            return self._anywhere(case)
        names = sorted(classes)
        voxels = classes[names[int(self._generator.integers(len(names)))]]
        voxel = voxels[int(self._generator.integers(len(voxels)))]
        low, high = self._ranges[case]
        start = np.clip(voxel - self._patch // 2, low, high)
        return PatchSpec(case=case, start=tuple(int(s) for s in start))

    def feedback(self, specs: Sequence[PatchSpec], losses: Sequence[float]) -> None:
        """Learn nothing."""

    def state(self) -> Mapping[str, Any]:
        """Return the generator and what is left of both turns."""
        return {
            "generator": self._generator.bit_generator.state,
            "turns": self._turns.state(),
            "full_turns": self._full_turns.state(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self._generator.bit_generator.state = state["generator"]
        self._turns.restore(state["turns"])
        self._full_turns.restore(state["full_turns"])


SAMPLER = ForegroundSampler
