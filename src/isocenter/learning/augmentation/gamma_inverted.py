"""Gamma on the inverted image: what is bright is bent as gamma bends what is dark.

In:   a batch.
Out:  the batch with some samples bent; each channel keeps its mean and standard deviation.
Not:  the image does not stay inverted.
"""

import numpy as np

from isocenter.learning.augment import Augmentation, AugmentationConfig, Batch
from isocenter.learning.augmentation.gamma import GammaParameters, bent, drawn


def draw(generator: np.random.Generator, shape: tuple[int, ...], config: AugmentationConfig) -> GammaParameters:
    """Draw which samples, and per channel which exponent."""
    return drawn(generator, shape, config, config.gamma_inverted_probability)


def apply(batch: Batch, parameters: GammaParameters) -> Batch:
    """Invert, bend, invert back."""
    for sample, exponents in zip(parameters.samples, parameters.exponents, strict=True):
        image = batch.image[sample]  # (C, *S)
        image.copy_(-bent(-image, exponents))
    return batch


AUGMENTATION = Augmentation(name="gamma_inverted", draw=draw, apply=apply)
