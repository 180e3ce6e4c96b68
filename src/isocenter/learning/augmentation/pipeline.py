"""The augmentations of a training, in order, on whole batches.

In:   image (N, C, *S) and target (N, *S) class indices or (N, K, *S) overlapping regions.
Out:  the same, changed; and a record by which the change can be repeated.
Not:  no single change (the other files), no cutting of patches.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from isocenter.core.errors import PlanError
from isocenter.core.record import Record
from isocenter.learning.augment import AugmentationConfig, Batch
from isocenter.learning.augmentation import AUGMENTATIONS


class Change(Record):
    """What one augmentation drew for one batch."""

    name: str
    parameters: Any


class Augmenter:
    """Draws and applies; called once a batch. Its generator is its own, and part of a run's state."""

    def __init__(self, config: AugmentationConfig, generator: np.random.Generator) -> None:
        self.config = config
        self._generator = generator
        self._members = [AUGMENTATIONS.get(name) for name in config.order]

    def __call__(self, image: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
        """Return a changed copy of image and target, at the config's patch size."""
        return replay(image, target, self.draw(tuple(image.shape)))

    def draw(self, shape: tuple[int, ...]) -> list[Change]:
        """Draw what happens to a batch of this shape (N, C, *S)."""
        patch = self.config.patch
        if patch and (len(patch) != len(shape) - 2 or any(p > s for p, s in zip(patch, shape[2:], strict=True))):
            raise PlanError(f"expected batches of at least the patch {patch}, got {shape[2:]}. Cut larger patches.")
        changes = []
        for member in self._members:
            changes.append(Change(name=member.name, parameters=member.draw(self._generator, shape, self.config)))
            if member.name == "spatial" and patch:
                shape = (*shape[:2], *patch)
        return changes

    def state(self) -> Mapping[str, Any]:
        """Return the generator."""
        return {"generator": self._generator.bit_generator.state}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a generator."""
        self._generator.bit_generator.state = state["generator"]


@torch.no_grad()
def replay(image: Tensor, target: Tensor, changes: Sequence[Change]) -> tuple[Tensor, Tensor]:
    """Apply what was drawn to a batch; the tensors that enter stay as they are.

    image  : (N, C, *S) float32
    target : (N, *S) int64 or (N, K, *S) float
    return : the same, (N, C, *patch) and (N, *patch) or (N, K, *patch)
    """
    flat = target.ndim == image.ndim - 1
    # The spatial change makes new tensors; the others write into theirs, so without it first they need a copy.
    fresh = bool(changes) and changes[0].name == "spatial"
    batch = Batch(image=image if fresh else image.clone(), target=target.unsqueeze(1) if flat else target)
    for change in changes:
        batch = AUGMENTATIONS.get(change.name).apply(batch, change.parameters)
    changed = target if batch.target is None else batch.target
    return batch.image, changed.squeeze(1) if flat else changed
