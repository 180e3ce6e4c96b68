"""Contrast: a factor on the distance to the channel's mean.

In:   a batch.
Out:  the batch with some samples stretched or flattened; each channel keeps its mean and stays within its range.
Not:  no change of brightness (brightness.py).
"""

import numpy as np
import torch

from isocenter.core.record import Record
from isocenter.learning.augment import Augmentation, AugmentationConfig, Batch, chosen, per_channel


class ContrastParameters(Record):
    """Per changed sample: its position and a factor per channel."""

    samples: tuple[int, ...]
    factors: tuple[tuple[float, ...], ...]


def draw(generator: np.random.Generator, shape: tuple[int, ...], config: AugmentationConfig) -> ContrastParameters:
    """Draw which samples, and per channel by how much."""
    samples = chosen(generator, shape[0], config.contrast_probability)
    factors = generator.uniform(*config.contrast, (len(samples), shape[1]))
    return ContrastParameters(samples=samples, factors=tuple(tuple(float(v) for v in row) for row in factors))


def apply(batch: Batch, parameters: ContrastParameters) -> Batch:
    """Stretch."""
    for sample, factors in zip(parameters.samples, parameters.factors, strict=True):
        image = batch.image[sample]  # (C, *S)
        space = tuple(range(1, image.ndim))
        low, high = image.amin(dim=space, keepdim=True), image.amax(dim=space, keepdim=True)
        mean = image.mean(dim=space, keepdim=True)
        image.copy_(torch.clamp((image - mean).mul_(per_channel(image, factors)).add_(mean), low, high))
    return batch


AUGMENTATION = Augmentation(name="contrast", draw=draw, apply=apply)
