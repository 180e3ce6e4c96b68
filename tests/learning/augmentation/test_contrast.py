"""Stretching about the mean."""

import pytest
import torch

from isocenter.learning.augment import Batch
from isocenter.learning.augmentation.contrast import ContrastParameters, apply


def test_half_the_contrast_is_half_the_deviation_about_the_same_mean() -> None:
    image = 5 + torch.randn(1, 1, 30, 30, generator=torch.manual_seed(0))
    changed = apply(Batch(image=image.clone()), ContrastParameters(samples=(0,), factors=((0.5,),))).image
    assert changed.mean() == pytest.approx(float(image.mean()), abs=1e-5)
    assert changed.std() == pytest.approx(float(image.std()) / 2, rel=1e-4)


def test_more_contrast_never_leaves_the_channels_range() -> None:
    image = torch.randn(1, 1, 30, 30)
    changed = apply(Batch(image=image.clone()), ContrastParameters(samples=(0,), factors=((3.0,),))).image
    assert changed.min() == image.min()
    assert changed.max() == image.max()
