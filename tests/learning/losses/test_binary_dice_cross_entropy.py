"""Regions that overlap, by hand."""

from math import log

import pytest
import torch

from isocenter.learning.losses.binary_dice_cross_entropy import binary_dice_cross_entropy_loss


def test_not_knowing_costs_one_bit_and_the_dice_of_one_half() -> None:
    target = (torch.arange(8) < 4).float().view(1, 1, 8, 1)
    assert binary_dice_cross_entropy_loss(torch.zeros(1, 1, 8, 1), target) == pytest.approx(log(2) + 1 - 2 * 2 / (4 + 4), abs=1e-5)


def test_a_sample_may_lie_in_two_regions_at_once() -> None:
    target = torch.ones(1, 2, 4, 4)
    assert binary_dice_cross_entropy_loss(torch.full((1, 2, 4, 4), 40.0), target) == pytest.approx(0.0, abs=1e-5)
