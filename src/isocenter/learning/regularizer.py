"""Regularizer: what else than its loss tells a segmentation network how wrong it is; what every file of `regularizers/` ends in.

In:   images, logits and targets of a batch.
Out:  Regularizer, RegularizerConfig, RegularizerKind; class maps of targets and answers.
Not:  no loss of samples (losses/), no drawing of batches (patch_learner.py).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from isocenter.core.method import Card
from isocenter.core.record import Record


@dataclass(frozen=True, kw_only=True)
class RegularizerConfig:
    """What a regularizer must know of the training it joins."""

    patch: tuple[int, ...]
    """Samples per axis the network sees, 2 or 3 axes."""
    channels: int
    """Of the image."""
    classes: int
    """Channels of the answer."""
    weight: float = 1.0
    """Of the added cost; 1 = the regularizer's usual."""
    seed: int = 0


class Regularizer(Protocol):
    """What is added to the loss of a network."""

    learns_first: nn.Module | None
    """A network of masks that has to learn before (maps -> logits, as in `cost`); None = nothing has to."""

    def to(self, device: torch.device) -> None:
        """Move to the network's device."""
        ...

    def cost(self, image: Tensor, logits: Tensor, target: Tensor) -> Tensor:
        """Return the added cost, (), weighed; a regularizer that learns beside the network does so here.

        image  : (N, C, *S)
        logits : (N, K, *S); channels after those of the classes are not looked at
        target : (N, *S) int64, -1 = not assessed; or (N, K, *S) float regions, NaN = not assessed
        """
        ...

    def state(self) -> Mapping[str, Any]:
        """Return networks and optimizers."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        ...


class RegularizerKind(Record):
    """One way to regularize."""

    card: Card
    build: Callable[[RegularizerConfig], Regularizer]


def truth_maps(target: Tensor, classes: int, axes: int) -> Tensor:
    """Return a target as maps: one channel a class, 1 where it is; 0 in every channel where nobody assessed.

    target : (N, *S) int64, -1 = not assessed; or (N, K, *S) float regions, NaN = not assessed
    axes   : of space
    return : (N, K, *S) float32
    """
    if target.ndim == axes + 2:
        return target.nan_to_num(0.0).float()
    maps = one_hot(target.clamp_min(0), classes).movedim(-1, 1).float()  # (N, K, *S)
    return maps * (target >= 0).unsqueeze(1)


def answer_maps(logits: Tensor, target: Tensor, classes: int) -> Tensor:
    """Return an answer as `truth_maps` returns its target: probabilities, 0 where nobody assessed.

    logits : (N, at least K, *S)
    return : (N, K, *S) float32
    """
    logits = logits[:, :classes]
    if target.ndim == logits.ndim:
        return logits.float().sigmoid() * ~target.isnan()
    return logits.float().softmax(dim=1) * (target >= 0).unsqueeze(1)
