"""Batches of a translation: patches of both sides, cut at one place where they are a pair, at places of their own where not.

In:   prepared images of two sides.
Out:  patches (N, C, *patch), augmented; axes of one sample are dropped.
Not:  no networks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.learning.augment import AugmentationConfig
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.places import CasePlaces, PatchSpec, cut
from isocenter.learning.sampling.uniform import UniformSampler

Array = NDArray[np.float32]
OUTSIDE = -1.0
"""Of a target beyond its border: the least of its range."""


class Patches:
    """Patches drawn anywhere in some arrays (C, *S)."""

    def __init__(self, arrays: Sequence[Array], patch: Sequence[int], generator: np.random.Generator) -> None:
        self.arrays, self.patch = arrays, tuple(patch)
        places = [CasePlaces(shape=array.shape[1:], classes={}) for array in arrays]
        self._sampler = UniformSampler(places, self.patch, generator)

    def draw(self, count: int) -> list[PatchSpec]:
        """Return where to cut."""
        return self._sampler.draw(count)

    def cut(self, specs: Sequence[PatchSpec], *, fill: float) -> Tensor:
        """Return the patches of these arrays at some places, (N, C, *patch) without axes of one sample."""
        return self.cut_from(self.arrays, specs, fill=fill)

    def cut_from(self, arrays: Sequence[Array], specs: Sequence[PatchSpec], *, fill: float) -> Tensor:
        """Return the patches of other arrays at the same places."""
        stacked = np.stack([cut(arrays[spec.case], spec.start, self.patch, fill=fill) for spec in specs])
        kept = [n for n in self.patch if n > 1]
        return torch.from_numpy(stacked.reshape(*stacked.shape[:2], *kept).astype(np.float32, copy=False))

    def state(self) -> Mapping[str, Any]:
        """Return what the next draws depend on."""
        return self._sampler.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state."""
        self._sampler.restore(state)


class PairedBatches:
    """Source and target of the same place: moved together; only the source's intensities are changed."""

    def __init__(
        self, sources: Sequence[Array], targets: Sequence[Array], patch: Sequence[int], config: AugmentationConfig, *, seed: int
    ) -> None:
        """Hold both sides: sources (C, *S) normalized, targets (K, *S) in [-1, 1], in one order."""
        self.targets = targets
        self.patches = Patches(sources, patch, np.random.default_rng([seed, 1]))
        self.move = Augmenter(replace(config, order=("spatial",)), np.random.default_rng([seed, 2]))
        order = tuple(name for name in config.order if name != "spatial")
        self.shade = Augmenter(replace(config, order=order), np.random.default_rng([seed, 3]))

    def draw(self, count: int) -> tuple[Tensor, Tensor]:
        """Return a batch of both, (N, C, *patch) and (N, K, *patch)."""
        specs = self.patches.draw(count)
        source = self.patches.cut(specs, fill=0.0)
        target = self.patches.cut_from(self.targets, specs, fill=OUTSIDE)
        # Moved as channels of one image, so that both are interpolated, and at the same places.
        moved, _ = self.move(torch.cat([source, target], dim=1), source.new_zeros(len(source), *source.shape[2:]).long())
        source, target = moved[:, : source.shape[1]], moved[:, source.shape[1] :]
        shaded, _ = self.shade(source.contiguous(), source.new_zeros(len(source), *source.shape[2:]).long())
        return shaded, target.contiguous()

    def state(self) -> Mapping[str, Any]:
        """Return sampler and augmentation."""
        return {"patches": dict(self.patches.state()), "move": dict(self.move.state()), "shade": dict(self.shade.state())}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self.patches.restore(state["patches"])
        self.move.restore(state["move"])
        self.shade.restore(state["shade"])


class UnpairedBatches:
    """Sources and targets drawn apart; moved, but their intensities are what is learned and stay."""

    def __init__(
        self, sources: Sequence[Array], targets: Sequence[Array], patch: Sequence[int], config: AugmentationConfig, *, seed: int
    ) -> None:
        """Hold both sides: sources (C, *S) normalized, targets (K, *S) in [-1, 1]; nothing says which belong together."""
        self.sides = tuple(
            Patches(arrays, patch, np.random.default_rng([seed, side])) for side, arrays in enumerate((sources, targets), start=1)
        )
        moved = replace(config, order=("spatial",))
        self.moves = tuple(Augmenter(moved, np.random.default_rng([seed, side])) for side in (3, 4))

    def draw(self, count: int) -> tuple[Tensor, Tensor]:
        """Return a batch of each, (N, C, *patch) and (N, K, *patch)."""
        found = []
        for patches, move, fill in zip(self.sides, self.moves, (0.0, OUTSIDE), strict=True):
            images = patches.cut(patches.draw(count), fill=fill)
            found.append(move(images, images.new_zeros(len(images), *images.shape[2:]).long())[0])
        return found[0], found[1]

    def state(self) -> Mapping[str, Any]:
        """Return samplers and augmentations."""
        return {"sides": [dict(s.state()) for s in self.sides], "moves": [dict(m.state()) for m in self.moves]}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        for side, held in zip(self.sides, state["sides"], strict=True):
            side.restore(held)
        for move, held in zip(self.moves, state["moves"], strict=True):
            move.restore(held)
