"""The mean absolute error by hand."""

import pytest
import torch

from isocenter.learning.losses.l1 import l1_loss


def test_the_mean_is_over_assessed_samples_alone() -> None:
    answer = torch.tensor([[[1.0, 5.0, 7.0]]])
    target = torch.tensor([[[3.0, 4.0, float("nan")]]])
    assert l1_loss(answer, target).item() == pytest.approx((2 + 1) / 2)
