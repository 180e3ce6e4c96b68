"""A Gaussian on a point."""

import pytest
import torch

from isocenter.learning.augmentation.blur import blurred


def test_a_point_becomes_a_gaussian_of_the_same_mass() -> None:
    point = torch.zeros(21, 21)
    point[10, 10] = 1
    image = blurred(point, 1.0)
    assert image.sum() == pytest.approx(1.0, abs=1e-5)
    spread = (image.sum(dim=1) * (torch.arange(21) - 10) ** 2).sum()
    assert spread == pytest.approx(1.0, abs=0.03)  # cut at 3 sigma


def test_a_constant_volume_stays_constant() -> None:
    torch.testing.assert_close(blurred(torch.full((5, 6, 7), 2.5), 0.8), torch.full((5, 6, 7), 2.5))
