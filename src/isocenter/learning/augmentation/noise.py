"""Gaussian noise.

In:   a batch.
Out:  the batch with white noise added to some samples.
Not:  no Rician or Poisson noise.
"""

import numpy as np
import torch

from isocenter.core.record import Record
from isocenter.learning.augment import Augmentation, AugmentationConfig, Batch, chosen


class NoiseParameters(Record):
    """Per changed sample: its position, the noise's standard deviation and its seed."""

    samples: tuple[int, ...]
    deviations: tuple[float, ...]
    seeds: tuple[int, ...]


def draw(generator: np.random.Generator, shape: tuple[int, ...], config: AugmentationConfig) -> NoiseParameters:
    """Draw which samples, how strong, and the seed of the noise itself."""
    samples = chosen(generator, shape[0], config.noise_probability)
    return NoiseParameters(
        samples=samples,
        deviations=tuple(float(v) for v in generator.uniform(*config.noise, len(samples))),
        seeds=tuple(int(s) for s in generator.integers(2**62, size=len(samples))),
    )


def apply(batch: Batch, parameters: NoiseParameters) -> Batch:
    """Add the noise."""
    for sample, deviation, seed in zip(parameters.samples, parameters.deviations, parameters.seeds, strict=True):
        image = batch.image[sample]
        # Drawn on the CPU whatever the device, so that a record replays everywhere.
        field = torch.randn(image.shape, generator=torch.Generator().manual_seed(seed))
        image.add_(field.to(image.device), alpha=deviation)
    return batch


AUGMENTATION = Augmentation(name="noise", draw=draw, apply=apply)
