"""A power."""

import pytest
import torch

from isocenter.learning.augmentation.gamma import bent


def test_exponent_one_changes_nothing() -> None:
    image = torch.randn(2, 20, 20)
    assert torch.allclose(bent(image, (1.0, 1.0)), image, atol=1e-4)


def test_mean_and_deviation_are_kept_and_the_order_of_gray_values_too() -> None:
    image = torch.randn(1, 400)
    changed = bent(image, (1.5,))
    assert changed.mean() == pytest.approx(float(image.mean()), abs=1e-4)
    assert changed.std() == pytest.approx(float(image.std()), abs=1e-4)
    assert torch.equal(changed.argsort(), image.argsort())
