"""Noise of a known strength."""

import pytest
import torch

from isocenter.learning.augment import Batch
from isocenter.learning.augmentation.noise import NoiseParameters, apply


def test_noise_has_the_deviation_it_was_drawn_with_and_only_where_it_was_drawn() -> None:
    batch = apply(Batch(image=torch.zeros(2, 1, 100, 100)), NoiseParameters(samples=(1,), deviations=(0.3,), seeds=(5,)))
    assert batch.image[0].abs().sum() == 0
    assert batch.image[1].std() == pytest.approx(0.3, rel=0.03)
