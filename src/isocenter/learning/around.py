"""Around: patches centered on a voxel of a foreground class.

In:   where the classes of each case lie, a patch size.
Out:  patches, cases with foreground in turns, the class drawn evenly among those the case has.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.learning.places import CasePlaces, PatchSpec, centered, start_range
from isocenter.learning.turns import Turns


class Around:
    """Patches around the foreground; anywhere in a case where no case has any."""

    def __init__(self, places: Sequence[CasePlaces], patch: tuple[int, ...], generator: np.random.Generator) -> None:
        self._places = places
        self._patch = patch
        self._generator = generator
        full = [i for i, case in enumerate(places) if case.classes]
        self._turns = Turns(full or range(len(places)), generator)

    def draw(self) -> PatchSpec:
        """Return a patch of the next case."""
        case = self._turns.next()
        classes = self._places[case].classes
        if not classes:
            low, high = start_range(self._places[case].shape, self._patch)
            return PatchSpec(case=case, start=tuple(int(s) for s in self._generator.integers(low, high, endpoint=True)))
        names = sorted(classes)
        voxels = classes[names[int(self._generator.integers(len(names)))]]
        voxel = voxels[int(self._generator.integers(len(voxels)))]
        return centered(case, voxel, self._places[case].shape, self._patch)

    def state(self) -> Mapping[str, Any]:
        """Return what is left of the turn."""
        return {"turns": self._turns.state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self._turns.restore(state["turns"])
