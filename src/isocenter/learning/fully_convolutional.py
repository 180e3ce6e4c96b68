"""A patch classifier as a fully convolutional network: every position at once, the same numbers.

In:   a sequence of layers that takes a patch: convolutions, pools, element-wise layers, Flatten and Linear.
Out:  a network (N, C, *S) -> (N, K, *(S - field + 1)): at a position, what the classifier says of the patch that starts there.
Not:  nothing is trained, and no image is cut into tiles (inference/valid_windows.py).

A stride s is taken back by dilating all that follows s times (à trous). `shift_and_stitch` keeps the strides and runs the network
on every shifted copy of the image instead. The two agree.

Reference: Long, Shelhamer & Darrell, CVPR 2015, arXiv:1411.4038 (both); Giusti et al., ICIP 2013 (max-pooling);
           Li, Zhao & Wang, arXiv:1412.4526 (dilated kernels).
"""

import copy
from collections.abc import Sequence
from itertools import product
from typing import Any

import torch
from torch import Tensor, nn

from isocenter.core.errors import PlanError

CONVOLUTION: dict[int, Any] = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
BATCH_NORM: dict[int, Any] = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
MAX_POOL: dict[int, Any] = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
POOLS = (nn.MaxPool1d, nn.MaxPool2d, nn.MaxPool3d, nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)
ELEMENT_WISE = (
    nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.ReLU, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Tanh, nn.Sigmoid,
    nn.Dropout, nn.Identity,
)  # fmt: skip
"""Layers that look at one position alone (batch normalization: once it is fitted)."""
Axes = tuple[int, ...]


class DilatedAverage(nn.Module):
    """An average pool of stride 1 whose samples lie `dilation` apart: torch has none."""

    def __init__(self, kernel: Axes, dilation: Axes) -> None:
        super().__init__()
        self.kernel, self.dilation = kernel, dilation

    def forward(self, image: Tensor) -> Tensor:
        """(N, C, *S) -> (N, C, *(S - (kernel - 1) dilation))."""
        for axis, (k, d) in enumerate(zip(self.kernel, self.dilation, strict=True), start=2):
            length = image.shape[axis] - (k - 1) * d
            parts = [image.narrow(axis, i * d, length) for i in range(k)]
            image = torch.stack(parts).mean(dim=0)
        return image


def fully_convolutional(classifier: nn.Sequential, patch: Sequence[int]) -> nn.Sequential:
    """Return a copy of a patch classifier that answers at every position, by dilation.

    classifier : patch (N, C, *patch) -> (N, K); evaluated, not trained, afterwards. PlanError for a layer whose answer at a
                 position would depend on more than its patch (padding, instance normalization), or that is not known
    patch      : samples per axis; must be the classifier's receptive field
    return     : (N, C, *S) -> (N, K, *(S - patch + 1)), in evaluation mode
    """
    return _converted(classifier, patch, dilate=True)


def shift_and_stitch(classifier: nn.Sequential, patch: Sequence[int], image: Tensor) -> Tensor:
    """Return what `fully_convolutional` gives, by running the strided network on shifted copies of the image.

    image  : (N, C, *S), S at least the patch
    return : (N, K, *(S - patch + 1))
    """
    strided = _converted(classifier, patch, dilate=False)
    stride = total_stride(classifier, len(patch))
    shape = [n - f + 1 for n, f in zip(image.shape[2:], patch, strict=True)]
    if min(shape) < 1:
        raise PlanError(f"expected an image of at least the patch {tuple(patch)}, got {tuple(image.shape[2:])}.")
    whole: Tensor | None = None
    with torch.no_grad():
        for shift in product(*(range(min(s, n)) for s, n in zip(stride, shape, strict=True))):
            answers = strided(image[(slice(None), slice(None), *(slice(o, None) for o in shift))])  # (N, K, *ceil)
            if whole is None:
                whole = answers.new_empty((*answers.shape[:2], *shape))
            whole[(slice(None), slice(None), *(slice(o, None, s) for o, s in zip(shift, stride, strict=True)))] = answers
    if whole is None:
        raise PlanError(f"expected an image with at least one position, got {tuple(image.shape)}.")
    return whole


def total_stride(classifier: nn.Sequential, axes: int) -> Axes:
    """Return the product of all strides per axis."""
    stride = [1] * axes
    for layer in classifier:
        if isinstance(layer, (*CONVOLUTIONS, *POOLS)):
            stride = [s * t for s, t in zip(stride, spread(layer.stride, axes), strict=True)]
    return tuple(stride)


def spread(value: int | Sequence[int], axes: int) -> Axes:
    """Return a layer's number per axis; torch stores one number for all axes, or one an axis."""
    return (int(value),) * axes if isinstance(value, int) else tuple(int(v) for v in value)


def _converted(classifier: nn.Sequential, patch: Sequence[int], *, dilate: bool) -> nn.Sequential:
    axes = len(patch)
    size, dilation = list(patch), [1] * axes
    flat, features = False, 0
    layers: list[nn.Module] = []
    for layer in classifier:
        if isinstance(layer, CONVOLUTIONS):
            size, dilation = _step(layer, size, dilation)
            layers.append(_dilated(layer, dilation_before(layer, dilation), dilate=dilate))
            features = layer.out_channels
        elif isinstance(layer, POOLS):
            size, dilation = _step(layer, size, dilation)
            layers.append(_pool(layer, dilation_before(layer, dilation), dilate=dilate))
        elif isinstance(layer, nn.Flatten):
            flat = True
        elif isinstance(layer, nn.Linear):
            if not flat:
                raise PlanError("expected a Flatten before the first Linear layer of a patch classifier, got none.")
            kernel = tuple(size)
            layers.append(_as_convolution(layer, features or layer.in_features, kernel, tuple(dilation) if dilate else (1,) * axes))
            size, features = [1] * axes, layer.out_features
        elif isinstance(layer, ELEMENT_WISE):
            layers.append(_of_images(layer, axes, flat=flat))
        else:
            raise PlanError(
                f"expected layers that look at their own patch alone, got {type(layer).__name__}: with it the network on a whole "
                "image would not answer as it does on patches."
            )
    if any(n != 1 for n in size):
        raise PlanError(f"expected the patch {tuple(patch)} to be the receptive field, but {size} samples are left at the end.")
    return nn.Sequential(*layers).eval()


def _step(layer: Any, size: list[int], dilation: list[int]) -> tuple[list[int], list[int]]:
    """Return size and dilation after a layer. PlanError where the layer pads, or drops samples of the patch."""
    axes = len(size)
    if any(spread(layer.padding, axes)):
        raise PlanError(
            f"expected layers without padding, got {layer}: at the border of each patch it adds what a whole image does not have."
        )
    if not isinstance(layer, (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)) and any(d != 1 for d in spread(layer.dilation, axes)):
        raise PlanError(f"expected layers without dilation, got {layer}.")
    kernel, stride = spread(layer.kernel_size, axes), spread(layer.stride, axes)
    if any((n - k) % s for n, k, s in zip(size, kernel, stride, strict=True)):
        raise PlanError(f"expected a patch that every stride divides, got {size} samples before {layer}.")
    after = [(n - k) // s + 1 for n, k, s in zip(size, kernel, stride, strict=True)]
    return after, [d * s for d, s in zip(dilation, stride, strict=True)]


def dilation_before(layer: Any, after: Sequence[int]) -> Axes:
    """Return the dilation a layer works at, from that of the next one."""
    return tuple(d // s for d, s in zip(after, spread(layer.stride, len(after)), strict=True))


def _dilated(layer: Any, dilation: Axes, *, dilate: bool) -> nn.Module:
    made = CONVOLUTION[len(dilation)](
        layer.in_channels, layer.out_channels, layer.kernel_size, bias=layer.bias is not None, groups=layer.groups,
        stride=1 if dilate else layer.stride, dilation=dilation if dilate else 1,
    )  # fmt: skip
    made.load_state_dict(layer.state_dict())
    return made  # type: ignore[no-any-return]


def _pool(layer: Any, dilation: Axes, *, dilate: bool) -> nn.Module:
    if not dilate:
        return copy.deepcopy(layer)  # type: ignore[no-any-return]
    kernel = spread(layer.kernel_size, len(dilation))
    if isinstance(layer, (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d)):
        return DilatedAverage(kernel, dilation)
    return MAX_POOL[len(dilation)](kernel, stride=1, dilation=dilation)  # type: ignore[no-any-return]


def _as_convolution(layer: nn.Linear, features: int, kernel: Axes, dilation: Axes) -> nn.Module:
    made = CONVOLUTION[len(kernel)](features, layer.out_features, kernel, bias=layer.bias is not None, dilation=dilation)
    with torch.no_grad():
        made.weight.copy_(layer.weight.view(layer.out_features, features, *kernel))
        if layer.bias is not None:
            made.bias.copy_(layer.bias)
    return made  # type: ignore[no-any-return]


def _of_images(layer: nn.Module, axes: int, *, flat: bool) -> nn.Module:
    """Return an element-wise layer as it works on images; a batch normalization of flat features becomes one of maps."""
    if flat and isinstance(layer, nn.BatchNorm1d):
        made = BATCH_NORM[axes](layer.num_features, eps=layer.eps, affine=layer.affine)
        made.load_state_dict(layer.state_dict())
        return made  # type: ignore[no-any-return]
    return copy.deepcopy(layer)
