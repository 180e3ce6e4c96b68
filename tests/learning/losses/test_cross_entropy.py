"""Cross-entropy by hand."""

from math import log

import pytest
import torch

from isocenter.learning.losses.cross_entropy import cross_entropy_loss


def test_not_knowing_among_four_classes_costs_two_bits() -> None:
    assert cross_entropy_loss(torch.zeros(1, 4, 5), torch.zeros(1, 5, dtype=torch.long)) == pytest.approx(2 * log(2))


def test_the_mean_is_over_assessed_samples_alone() -> None:
    logits = torch.zeros(1, 2, 4)
    assert cross_entropy_loss(logits, torch.tensor([[0, -1, -1, -1]])) == pytest.approx(log(2))
