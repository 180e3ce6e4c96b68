"""A factor."""

import torch

from isocenter.learning.augment import Batch
from isocenter.learning.augmentation.brightness import BrightnessParameters, apply


def test_each_channel_is_multiplied_by_its_factor() -> None:
    batch = apply(Batch(image=torch.ones(2, 2, 3, 3)), BrightnessParameters(samples=(0,), factors=((2.0, 0.5),)))
    assert batch.image[:, :, 0, 0].tolist() == [[2.0, 0.5], [1.0, 1.0]]
