"""Low resolution: as if the scan had been taken with fewer samples.

In:   a batch.
Out:  the batch with some channels of some samples thinned out (nearest) and blown up again (linear).
Not:  the target keeps its resolution.
"""

import numpy as np
from torch import Tensor
from torch.nn import functional

from isocenter.core.record import Record
from isocenter.learning.augment import Augmentation, AugmentationConfig, Batch, chosen


class LowResolutionParameters(Record):
    """Per changed sample: its position and, per channel, the share of samples kept per axis; 0 = left alone."""

    samples: tuple[int, ...]
    shares: tuple[tuple[float, ...], ...]


def draw(generator: np.random.Generator, shape: tuple[int, ...], config: AugmentationConfig) -> LowResolutionParameters:
    """Draw which samples, and per channel, with probability 1/2, how coarse."""
    samples = chosen(generator, shape[0], config.low_resolution_probability)
    shares = generator.uniform(*config.low_resolution, (len(samples), shape[1]))
    touched = generator.random(shares.shape) < 0.5
    return LowResolutionParameters(samples=samples, shares=tuple(tuple(float(v) for v in row) for row in shares * touched))


def apply(batch: Batch, parameters: LowResolutionParameters) -> Batch:
    """Thin out and blow up."""
    for sample, shares in zip(parameters.samples, parameters.shares, strict=True):
        for channel, share in enumerate(shares):
            if 0 < share < 1:
                batch.image[sample, channel] = coarsened(batch.image[sample, channel], share)
    return batch


def coarsened(image: Tensor, share: float) -> Tensor:
    """Return (*S) thinned to a share of its samples per axis and blown up to its size again."""
    size = tuple(image.shape)
    coarse = functional.interpolate(image[None, None], size=[max(1, round(n * share)) for n in size], mode="nearest-exact")
    mode = "bilinear" if image.ndim == 2 else "trilinear"
    return functional.interpolate(coarse, size=size, mode=mode)[0, 0]


AUGMENTATION = Augmentation(name="low_resolution", draw=draw, apply=apply)
