"""Hard places: patches anywhere, drawn the more often the worse the network last did on them.

In:   the cases' shapes and a patch size; losses of the patches drawn.
Out:  patches; places and weights that continue exactly.
Not:  no share of foreground, no schedule: that is the sampler's (sampling/selective.py, sampling/cased.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from isocenter.learning.places import CasePlaces, PatchSpec, start_range

PER_CASE = 256
"""Places kept a case. A place drawn anew every time would never be known to be hard."""
MEMORY = 0.5
"""Share of the new loss in a place's weight."""
FLOOR = 0.05
"""Least weight, as a share of the mean: nothing is given up for good."""
EASY = 0.1
"""A place that costs less than this share of the mean makes way for another of its case, so that a volume of many more places than
are kept is searched little by little."""


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
        self._moved: dict[int, tuple[int, ...]] = {}
        self._cases = np.array([spec.case for spec in self._specs], np.intp)
        self._first = np.zeros((len(self._ranges), 2))  # of each case: sum and number of the losses of places tried first

    def draw(self) -> PatchSpec:
        """Return a place; one not tried yet is as likely as the mean first loss of those of its case, or of all."""
        known = np.isfinite(self._weights)
        usual = float(self._weights[known].mean()) if known.any() else 1.0
        total, tries = self._first.T
        of_case = np.where(tries > 0, total / np.maximum(tries, 1), usual)
        weights = np.where(known, self._weights, of_case[self._cases])
        weights = np.maximum(weights, max(FLOOR * usual, 1e-12))
        return self._specs[int(self._generator.choice(len(weights), p=weights / weights.sum()))]

    def learn(self, spec: PatchSpec, loss: float) -> None:
        """Take note of what a patch cost; a patch from elsewhere, and a loss that is no number, say nothing."""
        at = self._index.get((spec.case, spec.start))
        if at is not None and np.isfinite(loss):
            old = self._weights[at]
            new = max(float(loss), 0.0)
            if np.isnan(old):
                self._first[spec.case] += (new, 1.0)
            self._weights[at] = new if np.isnan(old) else (1 - MEMORY) * old + MEMORY * new
            if self._weights[at] < EASY * np.nanmean(self._weights):
                low, high = self._ranges[spec.case]
                self._put(at, tuple(int(s) for s in self._generator.integers(low, high, endpoint=True)))

    def _put(self, at: int, start: tuple[int, ...]) -> None:
        """Exchange a place for another of its case, not tried yet."""
        old = self._specs[at]
        new = PatchSpec(case=old.case, start=start)
        if self._index.get((old.case, old.start)) == at:
            del self._index[(old.case, old.start)]
        self._specs[at], self._weights[at], self._moved[at] = new, np.nan, start
        self._index[(new.case, new.start)] = at

    def state(self) -> Mapping[str, Any]:
        """Return where the places lie and what they weigh."""
        known = np.flatnonzero(np.isfinite(self._weights))
        moved = [[at, *start] for at, start in self._moved.items()]
        return {
            "seed": self._seed,
            "moved": moved,
            "first": self._first.tolist(),
            "known": known.tolist(),
            "weights": self._weights[known].tolist(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state that `state` returned."""
        self._seed = int(state["seed"])
        self._lay(self._seed)
        for at, *start in state["moved"]:
            self._put(int(at), tuple(int(s) for s in start))
        self._first = np.asarray(state["first"], float).reshape(-1, 2)
        self._weights[np.asarray(state["known"], int)] = state["weights"]
