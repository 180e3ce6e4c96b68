"""Gain and shift."""

import pytest
import torch

from isocenter.learning.augment import Batch
from isocenter.learning.augmentation.color import ColorParameters, apply


def test_each_channel_has_its_own_gain_and_shift() -> None:
    image = torch.ones(1, 3, 2, 2)
    parameters = ColorParameters(samples=(0,), gains=((1.0, 1.1, 0.9),), shifts=((0.0, 0.2, -0.2),))
    assert apply(Batch(image=image), parameters).image[0, :, 0, 0].tolist() == pytest.approx([1.0, 1.3, 0.7])
