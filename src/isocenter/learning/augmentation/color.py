"""Color jitter: each channel gets its own gain and shift, as stains and cameras differ.

In:   a batch of several channels, normalized.
Out:  the batch with some samples recolored.
Not:  no separation of stains.

Reference: Tellez et al., Med Image Anal 2019; 58:101544.
Differs:   in the normalized image's own channels, not in a stain space.
"""

import numpy as np

from isocenter.core.record import Record
from isocenter.learning.augment import Augmentation, AugmentationConfig, Batch, chosen, per_channel


class ColorParameters(Record):
    """Per changed sample: its position, a gain and a shift per channel."""

    samples: tuple[int, ...]
    gains: tuple[tuple[float, ...], ...]
    shifts: tuple[tuple[float, ...], ...]


def draw(generator: np.random.Generator, shape: tuple[int, ...], config: AugmentationConfig) -> ColorParameters:
    """Draw which samples, and per channel how much."""
    samples = chosen(generator, shape[0], config.color_probability)
    gains = 1.0 + generator.uniform(-config.color, config.color, (len(samples), shape[1]))
    shifts = generator.uniform(-config.color, config.color, gains.shape)
    return ColorParameters(
        samples=samples,
        gains=tuple(tuple(float(v) for v in row) for row in gains),
        shifts=tuple(tuple(float(v) for v in row) for row in shifts),
    )


def apply(batch: Batch, parameters: ColorParameters) -> Batch:
    """Recolor."""
    for sample, gains, shifts in zip(parameters.samples, parameters.gains, parameters.shifts, strict=True):
        image = batch.image[sample]  # (C, *S)
        image.mul_(per_channel(image, gains)).add_(per_channel(image, shifts))
    return batch


AUGMENTATION = Augmentation(name="color", draw=draw, apply=apply, cite="Tellez et al., Med Image Anal 2019; 58:101544")
