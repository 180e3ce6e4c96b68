"""Levels: widths, strides and kernels of an encoder-decoder with skips, filled in and checked.

In:   what a config says; () stands for the usual choice (halve every axis, kernels of 3).
Out:  one tuple per level and axis, finest level first.
Not:  no choice from data; the plan makes that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from isocenter.core.errors import PlanError

Axes = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class LevelsConfig:
    """Shape of an encoder-decoder."""

    dimensions: int = 3
    """2 or 3."""
    in_channels: int = 1
    out_channels: int = 2
    """Number of classes, background included."""
    widths: tuple[int, ...] = (32, 64, 128)
    """Feature channels per level, finest first; at least two levels."""
    strides: tuple[Axes, ...] = ()
    """Step per level and axis, finest first. () = 2 on every axis of every further level."""
    kernels: tuple[Axes, ...] = ()
    """Odd kernel size per level and axis, finest first. () = 3 everywhere."""
    deep_supervision: bool = False
    """In training, return logits of the coarser decoder levels too, the coarsest left out."""

    def __post_init__(self) -> None:
        """Fill in the usual strides and kernels. PlanError when the numbers make no network."""
        check_channels(dimensions=self.dimensions, in_channels=self.in_channels, out_channels=self.out_channels, widths=self.widths)
        levels = len(self.widths)
        object.__setattr__(self, "strides", filled_strides(self.strides, levels=levels, dimensions=self.dimensions))
        object.__setattr__(self, "kernels", filled_kernels(self.kernels, levels=levels, dimensions=self.dimensions))

    @property
    def supervised(self) -> int:
        """How many decoder levels have a head, from the finest: one, or with deep supervision all but the coarsest."""
        return max(1, len(self.widths) - 2) if self.deep_supervision else 1


def filled_strides(strides: Sequence[Axes], *, levels: int, dimensions: int) -> tuple[Axes, ...]:
    """Return strides per level and axis; () becomes ones at the first level and twos below."""
    if not strides:
        return ((1,) * dimensions, *(((2,) * dimensions,) * (levels - 1)))
    return _checked("strides", strides, levels=levels, dimensions=dimensions)


def filled_kernels(kernels: Sequence[Axes], *, levels: int, dimensions: int) -> tuple[Axes, ...]:
    """Return kernel sizes per level and axis; () becomes threes. PlanError for an even size, which would shift the image."""
    if not kernels:
        return ((3,) * dimensions,) * levels
    checked = _checked("kernels", kernels, levels=levels, dimensions=dimensions)
    if any(k % 2 == 0 for level in checked for k in level):
        raise PlanError(f"expected odd kernel sizes, got {checked}: an even kernel shifts the image by half a sample.")
    return checked


def total_stride(strides: Sequence[Axes]) -> Axes:
    """Return the product of the strides per axis: what a patch must be divisible by."""
    return tuple(prod(axis) for axis in zip(*strides, strict=True))


def check_channels(*, dimensions: int, in_channels: int, out_channels: int, widths: Sequence[int]) -> None:
    """Raise PlanError when the numbers make no network."""
    if dimensions not in (2, 3):
        raise PlanError(f"dimensions must be 2 or 3, got {dimensions!r}.")
    if in_channels < 1 or out_channels < 1:
        raise PlanError(f"in_channels and out_channels must be at least 1, got {in_channels} and {out_channels}.")
    if len(widths) < 2 or any(w < 1 for w in widths):
        raise PlanError(f"expected at least 2 levels of positive size, got {tuple(widths)}.")


def _checked(what: str, values: Sequence[Axes], *, levels: int, dimensions: int) -> tuple[Axes, ...]:
    checked = tuple(tuple(level) for level in values)
    if len(checked) != levels or any(len(level) != dimensions or min(level) < 1 for level in checked):
        raise PlanError(f"{what} must be {levels} levels of {dimensions} positive numbers, got {checked}.")
    return checked
