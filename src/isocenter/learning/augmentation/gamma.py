"""Gamma: a power of the channel's range.

In:   a batch.
Out:  the batch with some samples bent; each channel keeps its mean and standard deviation.
Not:  no inversion (gamma_inverted.py).
"""

import numpy as np
from torch import Tensor

from isocenter.core.record import Record
from isocenter.learning.augment import Augmentation, AugmentationConfig, Batch, chosen, per_channel

TINY = 1e-7
"""Keeps a constant channel finite."""


class GammaParameters(Record):
    """Per changed sample: its position and an exponent per channel."""

    samples: tuple[int, ...]
    exponents: tuple[tuple[float, ...], ...]


def draw(generator: np.random.Generator, shape: tuple[int, ...], config: AugmentationConfig) -> GammaParameters:
    """Draw which samples, and per channel which exponent."""
    return drawn(generator, shape, config, config.gamma_probability)


def drawn(
    generator: np.random.Generator, shape: tuple[int, ...], config: AugmentationConfig, probability: float
) -> GammaParameters:
    """Draw with a probability; exponents below and above 1 are as likely as each other."""
    samples = chosen(generator, shape[0], probability)
    low, high = config.gamma
    below = (generator.random((len(samples), shape[1])) < 0.5) & (low < 1)
    exponents = np.where(
        below, generator.uniform(low, min(high, 1.0), below.shape), generator.uniform(max(low, 1.0), max(high, 1.0), below.shape)
    )
    return GammaParameters(samples=samples, exponents=tuple(tuple(float(v) for v in row) for row in exponents))


def apply(batch: Batch, parameters: GammaParameters) -> Batch:
    """Bend."""
    for sample, exponents in zip(parameters.samples, parameters.exponents, strict=True):
        image = batch.image[sample]  # (C, *S)
        image.copy_(bent(image, exponents))
    return batch


def bent(image: Tensor, exponents: tuple[float, ...]) -> Tensor:
    """Return (C, *S) with each channel's range raised to its exponent, mean and deviation kept."""
    space = tuple(range(1, image.ndim))
    low, high = image.amin(dim=space, keepdim=True), image.amax(dim=space, keepdim=True)
    mean, deviation = image.mean(dim=space, keepdim=True), image.std(dim=space, keepdim=True, correction=0)
    power = ((image - low) / (high - low + TINY)).pow_(per_channel(image, exponents))
    power -= power.mean(dim=space, keepdim=True)
    scale = deviation / (power.std(dim=space, keepdim=True, correction=0) + TINY)
    return power.mul_(scale).add_(mean)


AUGMENTATION = Augmentation(name="gamma", draw=draw, apply=apply)
