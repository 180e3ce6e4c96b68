"""The mean squared error by hand."""

import pytest
import torch

from isocenter.learning.losses.l2 import l2_loss


def test_the_mean_is_over_assessed_samples_alone() -> None:
    answer = torch.tensor([[[1.0, 5.0, 7.0]]])
    target = torch.tensor([[[3.0, 4.0, float("nan")]]])
    assert l2_loss(answer, target).item() == pytest.approx((4 + 1) / 2)
