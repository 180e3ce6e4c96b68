"""Skeletons one can draw by hand."""

import pytest
import torch

from isocenter.learning.losses.centerline_dice import centerline_dice_loss, soft_skeleton


def tube(*rows: int) -> torch.Tensor:
    """Class 1 on some of 15 rows, 20 samples long."""
    target = torch.zeros(1, 15, 20, dtype=torch.long)
    target[:, list(rows)] = 1
    return target


def sure(target: torch.Tensor) -> torch.Tensor:
    return 60.0 * torch.nn.functional.one_hot(target, 2).movedim(-1, 1).float()


def test_the_skeleton_of_a_bar_is_its_middle_row() -> None:
    skeleton = soft_skeleton(tube(6, 7, 8)[:, None].float(), 3)
    assert (skeleton[0, 0, 7, 3:-3] == 1).all()
    assert skeleton[0, 0, [5, 6, 8, 9], 3:-3].sum() == 0


def test_a_thicker_tube_on_the_same_line_costs_nothing_but_a_broken_one_does() -> None:
    thin, thick = tube(7), tube(6, 7, 8)
    assert centerline_dice_loss(sure(thick), thin) == pytest.approx(0.0, abs=0.05)
    broken = thin.clone()
    broken[:, :, 5:15] = 0  # half the line is gone: sensitivity 1/2
    assert centerline_dice_loss(sure(broken), thin, smooth=1e-5) == pytest.approx(1 - 2 * 0.5 / 1.5, abs=1e-3)
