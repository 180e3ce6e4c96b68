"""Hard places: patches anywhere, drawn the more often the worse the network last did on them.

In:   the cases' shapes and a patch size; losses of the patches drawn.
Out:  patches; weights that continue exactly.
Not:  no share of foreground, no schedule: that is the sampler's (sampling/selective.py, sampling/cased.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.learning.places import CasePlaces, PatchSpec, start_range

PER_CASE = 256
"""Places kept a case. They are drawn once: a place drawn anew every time would never be known to be hard."""
MEMORY = 0.5
"""Share of the new loss in a place's weight."""
FLOOR = 0.05
"""Least weight, as a share of the mean: nothing is given up for good."""


class HardPlaces:
    """A fixed set of places with weights."""

    def __init__(self, places: Sequence[CasePlaces], patch: tuple[int, ...], generator: np.random.Generator) -> None:
        seed = int(generator.integers(2**31))
        self._generator = generator
        self._seed = seed
        self._ranges = [start_range(case.shape, patch) for case in places]
        self._lay(seed)

    def _lay(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        self._specs = [
            PatchSpec(case=case, start=tuple(int(s) for s in rng.integers(low, high, endpoint=True)))
            for case, (low, high) in enumerate(self._ranges)
            for _ in range(PER_CASE)
        ]
        self._index = {(spec.case, spec.start): i for i, spec in enumerate(self._specs)}
        self._weights = np.full(len(self._specs), np.nan)  # NaN = not tried yet

    def draw(self) -> PatchSpec:
        """Return a place; one not tried yet is as likely as the mean of those that were."""
        known = np.isfinite(self._weights)
        usual = float(self._weights[known].mean()) if known.any() else 1.0
        weights = np.where(known, np.maximum(self._weights, FLOOR * usual), max(usual, 1e-12))
        return self._specs[int(self._generator.choice(len(weights), p=weights / weights.sum()))]

    def learn(self, spec: PatchSpec, loss: float) -> None:
        """Take note of what a patch cost; a patch from elsewhere, and a loss that is no number, say nothing."""
        at = self._index.get((spec.case, spec.start))
        if at is not None and np.isfinite(loss):
            old = self._weights[at]
            new = max(float(loss), 0.0)
            self._weights[at] = new if np.isnan(old) else (1 - MEMORY) * old + MEMORY * new

    def state(self) -> Mapping[str, Any]:
        """Return where the places lie and what they weigh."""
        known = np.flatnonzero(np.isfinite(self._weights))
        return {"seed": self._seed, "known": known.tolist(), "weights": self._weights[known].tolist()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self._seed = int(state["seed"])
        self._lay(self._seed)
        self._weights[np.asarray(state["known"], int)] = state["weights"]
