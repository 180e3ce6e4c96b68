"""What a patch classifier costs: receptive field, multiplications and memory, patch by patch and fully convolutional.

In:   a sequence of layers, the size of the patch and of the image.
Out:  numbers by formula (no tensor is made), and the same numbers counted while a network runs.
Not:  no seconds.

Only multiplications of learned weights are counted: those of convolutions and fully connected layers.
Reference: Giusti et al., Fast image scanning with deep max-pooling convolutional neural networks, ICIP 2013.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from typing import Any

from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook

from isocenter.core.errors import PlanError
from isocenter.learning.fully_convolutional import CONVOLUTIONS, POOLS, spread

BYTES: Mapping[str, int] = {"float32": 4, "bfloat16": 2}
"""Of a number of a layer's output, by the precision a network runs in. Under autocast a few layers still answer in float32 (on a
processor max_pool3d does); they are those whose output is small, and counted as the others."""


class Counts:
    """What one or several forward passes did."""

    def __init__(self) -> None:
        self.multiplications = 0
        self.kept_bytes = 0
        """Of all layers' outputs together: what training keeps for the backward pass."""
        self.most_bytes = 0
        """Of the largest input and output that exist side by side: what prediction needs."""


def receptive_field(classifier: nn.Sequential, axes: int) -> tuple[int, ...]:
    """Return the samples per axis one output sees; a fully connected layer is not counted (its size is the patch's)."""
    field, step = [1] * axes, [1] * axes
    for layer in classifier:
        if isinstance(layer, (*CONVOLUTIONS, *POOLS)):
            kernel, stride = spread(layer.kernel_size, axes), spread(layer.stride, axes)
            field = [f + (k - 1) * s for f, k, s in zip(field, kernel, step, strict=True)]
            step = [s * t for s, t in zip(step, stride, strict=True)]
    return tuple(field)


def of_patch(
    classifier: nn.Sequential, patch: Sequence[int], *, channels: int, batch: int = 1, precision: str = "float32"
) -> Counts:
    """Return what the classifier costs on a batch of patches, as it is trained.

    patch     : samples per axis
    channels  : of the patch
    precision : "float32", or "bfloat16" (autocast)
    """
    return _counts(classifier, patch, patch, channels, batch=batch, dense=False, number=BYTES[precision])


def of_image(
    classifier: nn.Sequential, patch: Sequence[int], size: Sequence[int], *, channels: int, precision: str = "float32"
) -> Counts:
    """Return what its fully convolutional form costs on an image.

    patch     : samples per axis, the receptive field
    size      : samples per axis of the image; outputs are size - patch + 1. PlanError below the patch
    precision : "float32", or "bfloat16" (autocast)
    """
    if any(n < f for n, f in zip(size, patch, strict=True)):
        raise PlanError(f"expected an image of at least the patch {tuple(patch)}, got {tuple(size)}.")
    return _counts(classifier, patch, size, channels, batch=1, dense=True, number=BYTES[precision])


def positions(patch: Sequence[int], size: Sequence[int]) -> int:
    """Return how many patches an image holds."""
    return prod(max(n - f + 1, 0) for n, f in zip(size, patch, strict=True))


def of_sliding(classifier: nn.Sequential, patch: Sequence[int], size: Sequence[int], *, channels: int) -> int:
    """Return the multiplications of the classifier on every patch of an image."""
    return positions(patch, size) * of_patch(classifier, patch, channels=channels).multiplications


@contextmanager
def counting() -> Iterator[Counts]:
    """Count what every layer really does while this is open, from the tensors that pass through it."""
    counts = Counts()

    def hear(layer: nn.Module, given: Any, output: Any) -> None:
        if next(layer.children(), None) is not None or not isinstance(output, Tensor) or not isinstance(given[0], Tensor):
            return
        if isinstance(layer, CONVOLUTIONS):
            counts.multiplications += output.numel() * prod(layer.kernel_size) * layer.in_channels // layer.groups
        elif isinstance(layer, nn.Linear):
            counts.multiplications += output.numel() * layer.in_features
        size = output.numel() * output.element_size()
        if not isinstance(layer, nn.Flatten):  # a view
            counts.kept_bytes += size
            counts.most_bytes = max(counts.most_bytes, size + given[0].numel() * given[0].element_size())

    handle = register_module_forward_hook(hear)
    try:
        yield counts
    finally:
        handle.remove()


def _counts(
    classifier: nn.Sequential, patch: Sequence[int], size: Sequence[int], channels: int, *, batch: int, dense: bool, number: int
) -> Counts:
    """See of_patch and of_image; number: bytes of one."""
    axes = len(patch)
    counts = Counts()
    here, rest = list(size), list(patch)
    dilation, features = [1] * axes, channels
    for layer in classifier:
        if isinstance(layer, nn.Flatten):
            continue
        before = prod(here) * features
        if isinstance(layer, (*CONVOLUTIONS, *POOLS)):
            kernel, stride = spread(layer.kernel_size, axes), spread(layer.stride, axes)
            rest = [(n - k) // s + 1 for n, k, s in zip(rest, kernel, stride, strict=True)]
            here = _after(here, kernel, stride, dilation, dense=dense)
            dilation = [d * s for d, s in zip(dilation, stride, strict=True)]
            if isinstance(layer, CONVOLUTIONS):
                counts.multiplications += batch * prod(here) * layer.out_channels * prod(kernel) * features // layer.groups
                features = layer.out_channels
        elif isinstance(layer, nn.Linear):
            here = _after(here, rest, rest, dilation, dense=dense)
            counts.multiplications += batch * prod(here) * layer.out_features * prod(rest) * features
            rest, features = [1] * axes, layer.out_features
        made = prod(here) * features
        counts.kept_bytes += batch * made * number
        counts.most_bytes = max(counts.most_bytes, batch * (before + made) * number)
    return counts


def _after(size: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int], *, dense: bool) -> list[int]:
    """Return the samples per axis after a layer; dense: strides were turned into dilation."""
    if dense:
        return [n - (k - 1) * d for n, k, d in zip(size, kernel, dilation, strict=True)]
    return [(n - k) // s + 1 for n, k, s in zip(size, kernel, stride, strict=True)]
