"""Brightness: a factor on the normalized image.

In:   a batch.
Out:  the batch with some samples multiplied by one number each.
Not:  no shift (color.py).
"""

import numpy as np

from isocenter.core.record import Record
from isocenter.learning.augment import Augmentation, AugmentationConfig, Batch, chosen, per_channel


class BrightnessParameters(Record):
    """Per changed sample: its position and a factor per channel."""

    samples: tuple[int, ...]
    factors: tuple[tuple[float, ...], ...]


def draw(generator: np.random.Generator, shape: tuple[int, ...], config: AugmentationConfig) -> BrightnessParameters:
    """Draw which samples, and per channel by how much."""
    samples = chosen(generator, shape[0], config.brightness_probability)
    factors = generator.uniform(*config.brightness, (len(samples), shape[1]))
    return BrightnessParameters(samples=samples, factors=tuple(tuple(float(v) for v in row) for row in factors))


def apply(batch: Batch, parameters: BrightnessParameters) -> Batch:
    """Multiply."""
    for sample, factors in zip(parameters.samples, parameters.factors, strict=True):
        image = batch.image[sample]  # (C, *S)
        image.mul_(per_channel(image, factors))
    return batch


AUGMENTATION = Augmentation(name="brightness", draw=draw, apply=apply)
