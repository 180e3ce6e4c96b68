"""Tversky by hand."""

import pytest
import torch

from isocenter.learning.losses.dice import dice_loss
from isocenter.learning.losses.tversky import tversky_loss


def bar(length: int) -> torch.Tensor:
    return (torch.arange(8) < length).long().view(1, 8, 1)


def sure(target: torch.Tensor) -> torch.Tensor:
    return 60.0 * torch.nn.functional.one_hot(target, 2).movedim(-1, 1).float()


def test_what_is_missed_and_what_is_invented_have_their_price() -> None:
    assert tversky_loss(sure(bar(2)), bar(4)).item() == pytest.approx(1 - 2 / (2 + 0.7 * 2), abs=1e-5)
    assert tversky_loss(sure(bar(6)), bar(4)).item() == pytest.approx(1 - 4 / (4 + 0.3 * 2), abs=1e-5)


def test_equal_prices_of_a_half_are_dice() -> None:
    logits = torch.randn(2, 3, 9, 7, generator=torch.manual_seed(0))
    target = torch.randint(0, 3, (2, 9, 7), generator=torch.manual_seed(1))
    for batch in (False, True):
        half = tversky_loss(logits, target, invented=0.5, missed=0.5, batch=batch)
        assert half.item() == pytest.approx(dice_loss(logits, target, batch=batch).item(), abs=1e-5)
