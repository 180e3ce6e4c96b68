"""Regularizer: what else than its loss tells a network how wrong it is; what every file of `regularizers/` ends in.

In:   images, logits and targets of a batch; of a network that makes images, made and true ones.
Out:  Regularizer, ImageRegularizer, RegularizerConfig, RegularizerKind; class maps of targets and answers.
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

NONE = "none"
"""The setting that adds nothing."""


@dataclass(frozen=True, kw_only=True)
class RegularizerConfig:
    """What a regularizer must know of the training it joins."""

    patch: tuple[int, ...]
    """Samples per axis the network sees, 2 or 3 axes."""
    channels: int
    """Of the image; of the made one, where images are made."""
    classes: int
    """Channels of the answer; of the masks that guide, where images are made."""
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


class ImageRegularizer(Protocol):
    """What is added to the distance of a made image from the true one: it has learned what images say of masks."""

    @property
    def of_masks(self) -> nn.Module:
        """A network of masks that has to learn first (maps -> logits, as in `truth_maps`)."""
        ...

    @property
    def of_images(self) -> nn.Module:
        """A network of true images that has to learn after it: images (N, C, *S) -> what `wanted` says of their masks."""
        ...

    def wanted(self, maps: Tensor) -> Tensor:
        """Return what `of_images` has to say of the images with these masks, without gradients."""
        ...

    def to(self, device: torch.device) -> None:
        """Move to the network's device."""
        ...

    def cost(self, made: Tensor, true: Tensor) -> Tensor:
        """Return the added cost, (), weighed, of made images (N, C, *S) in place of the true ones."""
        ...

    def state(self) -> Mapping[str, Any]:
        """Return both networks."""
        ...

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        ...


class RegularizerKind(Record):
    """One way to regularize."""

    card: Card
    build: Callable[[RegularizerConfig], Regularizer]
    of_images: Callable[[RegularizerConfig], ImageRegularizer] | None = None
    """The same of networks that make images; None = it judges masks alone."""


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
