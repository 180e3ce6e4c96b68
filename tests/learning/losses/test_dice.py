"""Dice by hand."""

import pytest
import torch

from isocenter.learning.losses.dice import dice_loss


def bar(length: int) -> torch.Tensor:
    """Class 1 on the first `length` of 8 samples."""
    return (torch.arange(8) < length).long().view(1, 8, 1)


def sure(target: torch.Tensor) -> torch.Tensor:
    return 60.0 * torch.nn.functional.one_hot(target, 2).movedim(-1, 1).float()


def test_half_the_length_is_a_dice_of_two_thirds() -> None:
    assert dice_loss(sure(bar(2)), bar(4)) == pytest.approx(1 - 2 * 2 / (2 + 4), abs=1e-5)


def test_pooling_the_batch_takes_one_ratio_of_sums() -> None:
    target, answer = torch.cat([bar(4), bar(0)]), torch.cat([bar(4), bar(4)])
    assert dice_loss(sure(answer), target) == pytest.approx(0.5, abs=1e-5)  # (0 + 1) / 2
    assert dice_loss(sure(answer), target, batch=True) == pytest.approx(1 - 8 / 12, abs=1e-5)
