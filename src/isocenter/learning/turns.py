"""Turns: every member once, in random order, before any comes again.

Out:  the next members; a state that continues exactly.
Not:  no weights; a sampler that prefers hard cases has its own rule.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.core.errors import PlanError


class Turns:
    """A shuffled deck, dealt and shuffled again. The generator is the caller's, and so is its state."""

    def __init__(self, members: Sequence[int], generator: np.random.Generator) -> None:
        if not members:
            raise PlanError("expected at least one case to draw patches from, got none.")
        self._members = list(members)
        self._generator = generator
        self._left: list[int] = []

    def next(self) -> int:
        """Return the next member."""
        if not self._left:
            self._left = [self._members[i] for i in self._generator.permutation(len(self._members))]
        return self._left.pop()

    def state(self) -> Mapping[str, Any]:
        """Return what is left of the deck."""
        return {"left": list(self._left)}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a deck."""
        self._left = [int(member) for member in state["left"]]
