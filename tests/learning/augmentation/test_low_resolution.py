"""Fewer samples."""

import torch

from isocenter.learning.augmentation.low_resolution import coarsened


def test_a_checkerboard_at_half_resolution_is_flat() -> None:
    board = (torch.arange(16).view(-1, 1) + torch.arange(16)) % 2
    assert coarsened(board.float(), 0.5).unique().numel() == 1


def test_a_ramp_keeps_its_direction_and_ends() -> None:
    ramp = torch.arange(40.0).view(-1, 1, 1).expand(40, 8, 8)
    coarse = coarsened(ramp, 0.6)
    assert coarse.shape == ramp.shape
    assert (coarse - ramp).abs().max() < 1.5
