"""The sum is a sum."""

import torch

from isocenter.learning.losses.cross_entropy import cross_entropy_loss
from isocenter.learning.losses.dice import dice_loss
from isocenter.learning.losses.dice_cross_entropy import dice_cross_entropy_loss


def test_it_is_the_sum_of_its_two_parts() -> None:
    logits, target = torch.randn(2, 3, 5, 5), torch.randint(-1, 3, (2, 5, 5))
    parts = dice_loss(logits, target, batch=True) + cross_entropy_loss(logits, target)
    assert torch.equal(dice_cross_entropy_loss(logits, target, batch=True), parts)
