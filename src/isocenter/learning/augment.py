"""Augment: what a random change of a batch is, and how strong each may be.

Out:  AugmentationConfig (probabilities and strengths), Augmentation (a pair: draw parameters, apply them).
Not:  no change itself (augmentation/), no order of application (augmentation/pipeline.py).

Reference: the default strengths are nnU-Net's: Isensee et al., Nat Methods 2021; 18:203-211, supplement 4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from isocenter.core.errors import PlanError
from isocenter.core.record import Record

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class AugmentationConfig:
    """Which changes a training batch undergoes, how often and how strongly. Every probability is per sample."""

    order: tuple[str, ...] = (
        "spatial", "noise", "blur", "brightness", "contrast", "low_resolution", "gamma_inverted", "gamma",
    )  # fmt: skip
    """Names of the changes, in the order they are applied."""
    patch: tuple[int, ...] = ()
    """Samples per axis that leave; () = as many as enter. A larger input gives rotations real surroundings."""
    spacing: tuple[float, ...] = ()
    """Of the samples, per axis: rotations turn in world units. () = isotropic."""
    rotation_probability: float = 0.2
    rotation_deg: tuple[float, ...] = ()
    """Greatest angle: about X, Y, Z in 3-D, one number in 2-D. () = 30 in 3-D, 180 in 2-D."""
    scaling_probability: float = 0.2
    scaling: Range = (0.7, 1.4)
    """Zoom; above 1 shows less, larger."""
    mirror_axes: tuple[int, ...] | None = None
    """Axes mirrored with probability 1/2 each; None = all. () where left and right differ in meaning."""
    untouched_axis: int | None = None
    """The thick axis of an anisotropic 3-D image: it is neither turned nor zoomed."""
    elastic_probability: float = 0.0
    """2-D only."""
    elastic_samples: float = 6.0
    """Standard deviation of the displacement of control points, which lie 32 samples apart."""
    noise_probability: float = 0.1
    noise: Range = (0.0, 0.1)
    """Standard deviation of the noise, in units of the normalized image."""
    blur_probability: float = 0.2
    blur_samples: Range = (0.5, 1.0)
    """Sigma of the Gaussian."""
    brightness_probability: float = 0.15
    brightness: Range = (0.75, 1.25)
    """Factor."""
    contrast_probability: float = 0.15
    contrast: Range = (0.75, 1.25)
    """Factor of the distance to the channel's mean; the channel's range is kept."""
    low_resolution_probability: float = 0.25
    low_resolution: Range = (0.5, 1.0)
    """Share of the samples per axis that survive."""
    gamma_probability: float = 0.3
    gamma_inverted_probability: float = 0.1
    gamma: Range = (0.7, 1.5)
    """Exponent on the channel's range; mean and deviation are restored."""
    color_probability: float = 0.0
    """Color jitter, for stains and photographs; name "color" in `order`."""
    color: float = 0.2
    """Greatest shift, and relative change of gain, per channel, in units of the normalized image."""

    def __post_init__(self) -> None:
        """PlanError for a probability outside [0, 1] or a range upside down."""
        for name, value in vars(self).items():
            if name.endswith("probability") and not 0 <= value <= 1:
                raise PlanError(f"{name} must lie in [0, 1], got {value!r}.")
        for name in ("scaling", "noise", "blur_samples", "brightness", "contrast", "low_resolution", "gamma"):
            low, high = getattr(self, name)
            if low > high or low < 0:
                raise PlanError(f"{name} must be a range (low, high) of numbers not below 0, got {(low, high)}.")


class Batch(Record):
    """What an augmentation changes, in place where it can."""

    image: Tensor
    """(N, C, *S) float32."""
    target: Tensor | None = None
    """(N, T, *S): one channel of class indices int64 (-1 not assessed), or overlapping regions float (NaN not assessed)."""


class Augmentation(Record):
    """One kind of change. Applying the same parameters to the same batch twice gives the same numbers."""

    name: str
    draw: Callable[[np.random.Generator, tuple[int, ...], AugmentationConfig], Any]
    """(generator, shape (N, C, *S) of what enters, config) -> parameters: plain, picklable."""
    apply: Callable[[Batch, Any], Batch]
    """May change the batch's tensors in place; returns the batch to go on with."""
    cite: str = "Isensee et al., Nat Methods 2021; 18:203-211"


def chosen(generator: np.random.Generator, count: int, probability: float) -> tuple[int, ...]:
    """Return the positions that a coin of this probability picks among `count`."""
    return tuple(int(i) for i in np.flatnonzero(generator.random(count) < probability))


def per_channel(image: Tensor, values: tuple[float, ...]) -> Tensor:
    """Return values as a tensor that multiplies (C, *S) channel by channel: (C, 1, …)."""
    return image.new_tensor(values).view(-1, *([1] * (image.ndim - 1)))
