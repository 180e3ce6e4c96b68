"""Focal loss by hand."""

from math import log

import pytest
import torch

from isocenter.learning.losses.cross_entropy import cross_entropy_loss
from isocenter.learning.losses.focal import focal_loss


def test_half_sure_costs_a_quarter_of_its_entropy() -> None:
    assert focal_loss(torch.zeros(1, 2, 5), torch.zeros(1, 5, dtype=torch.long)).item() == pytest.approx(0.25 * log(2))


def test_without_focus_it_is_cross_entropy() -> None:
    logits = torch.randn(2, 3, 9, generator=torch.manual_seed(0))
    target = torch.randint(-1, 3, (2, 9), generator=torch.manual_seed(1))
    assert focal_loss(logits, target, focus=0.0).item() == pytest.approx(cross_entropy_loss(logits, target).item(), rel=1e-5)
