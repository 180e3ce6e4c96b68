"""Gaussian blur.

In:   a batch.
Out:  the batch with some channels of some samples blurred.
Not:  no motion or defocus.
"""

import numpy as np
import torch
from torch import Tensor

from isocenter.core.record import Record
from isocenter.learning.augment import Augmentation, AugmentationConfig, Batch, chosen


class BlurParameters(Record):
    """Per changed sample: its position and a sigma (in samples) per channel, 0 = left alone."""

    samples: tuple[int, ...]
    sigmas: tuple[tuple[float, ...], ...]


def draw(generator: np.random.Generator, shape: tuple[int, ...], config: AugmentationConfig) -> BlurParameters:
    """Draw which samples, and per channel, with probability 1/2, how wide."""
    samples = chosen(generator, shape[0], config.blur_probability)
    sigmas = generator.uniform(*config.blur_samples, (len(samples), shape[1]))
    touched = generator.random(sigmas.shape) < 0.5
    return BlurParameters(samples=samples, sigmas=tuple(tuple(float(v) for v in row) for row in sigmas * touched))


def apply(batch: Batch, parameters: BlurParameters) -> Batch:
    """Blur."""
    for sample, sigmas in zip(parameters.samples, parameters.sigmas, strict=True):
        for channel, sigma in enumerate(sigmas):
            if sigma > 0:
                batch.image[sample, channel] = blurred(batch.image[sample, channel], sigma)
    return batch


def blurred(image: Tensor, sigma: float) -> Tensor:
    """Return (*S) smoothed by a Gaussian of `sigma` samples along every axis; borders are repeated."""
    radius = max(1, round(3 * sigma))
    taps = torch.exp(-0.5 * (torch.arange(-radius, radius + 1, device=image.device) / sigma) ** 2)
    weights = (taps / taps.sum()).tolist()
    for axis, samples in enumerate(image.shape):
        if samples == 1:
            continue
        outer = image.movedim(axis, 0)
        before, after = outer[:1].expand(radius, *outer.shape[1:]), outer[-1:].expand(radius, *outer.shape[1:])
        padded = torch.cat([before, outer, after])
        # A sum of shifted copies: a few passes over memory, where a one-channel convolution is slow on processors.
        total = weights[0] * padded[:samples]
        for i, weight in enumerate(weights[1:], start=1):
            total.add_(padded[i : i + samples], alpha=weight)
        image = total.movedim(0, axis)
    return image


AUGMENTATION = Augmentation(name="blur", draw=draw, apply=apply)
