"""The boundary loss by hand."""

import pytest
import torch

from isocenter.learning.losses.boundary import boundary_loss, signed_distance
from isocenter.learning.losses.dice import dice_loss


def sure(target: torch.Tensor) -> torch.Tensor:
    return 60.0 * torch.nn.functional.one_hot(target, 2).movedim(-1, 1).float()


def line(*filled: int) -> torch.Tensor:
    target = torch.zeros(1, 10, 1, dtype=torch.long)
    target[0, list(filled)] = 1
    return target


def test_distances_are_below_zero_inside() -> None:
    found = signed_distance(line(4, 5, 6).unsqueeze(1).float())[0, 0, :, 0]
    assert found.tolist() == [4, 3, 2, 1, -1, -2, -1, 1, 2, 3]


def test_an_island_costs_more_the_farther_it_lies() -> None:
    truth = line(4, 5, 6)
    near, far = sure(line(3, 4, 5, 6)), sure(line(0, 4, 5, 6))
    assert dice_loss(near, truth).item() == pytest.approx(dice_loss(far, truth).item())
    gap = boundary_loss(far, truth) - boundary_loss(near, truth)
    assert gap.item() == pytest.approx(0.1 * (4 - 1) / 10, abs=1e-5)


def test_an_absent_class_has_no_border() -> None:
    assert not signed_distance(torch.zeros(1, 1, 4, 4)).any()
