"""Weights and coarser targets."""

import pytest
import torch

from isocenter.learning.deep_supervision import shrunken, supervised_loss, supervision_weights


def test_each_weight_is_half_the_one_before_and_they_sum_to_one() -> None:
    assert supervision_weights(3) == pytest.approx((4 / 7, 2 / 7, 1 / 7))


def test_a_coarser_target_keeps_every_second_sample() -> None:
    target = torch.arange(24).view(1, 6, 4)
    assert torch.equal(shrunken(target, (3, 4)), target[:, ::2])
    assert torch.equal(shrunken(target, (3, 2)), target[:, ::2, ::2])


def test_overlapping_regions_keep_their_channels() -> None:
    assert shrunken(torch.zeros(2, 3, 8, 8), (4, 4)).shape == (2, 3, 4, 4)


def test_the_loss_is_the_weighted_sum_of_the_heads() -> None:
    heads = [torch.full((1, 2, 8, 8), 3.0), torch.full((1, 2, 4, 4), 6.0)]
    target = torch.zeros(1, 8, 8, dtype=torch.long)
    assert supervised_loss(heads, target, lambda logits, _: logits.mean()) == pytest.approx(3 * 2 / 3 + 6 * 1 / 3)
    assert supervised_loss(heads[0], target, lambda logits, _: logits.mean()) == 3
