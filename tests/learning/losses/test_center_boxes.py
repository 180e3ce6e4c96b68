"""Boxes by their centers: what the loss wants, and what it leaves alone."""

import numpy as np
import pytest
import torch

from isocenter.learning.losses.center_boxes import PRIOR, center_boxes_loss, center_probability


def target_of(*, center=(4, 4), log_size=0.5):
    """Two kinds, one box of the first."""
    target = torch.zeros(1, 4, 9, 9)
    target[:, 2:] = torch.nan
    target[0, 0, center[0], center[1]] = 1.0
    target[0, 2:, center[0], center[1]] = log_size
    return target


def answer_of(target, *, sure=12.0):
    answer = torch.where(target[:, :2] >= 1, sure, -sure)
    return torch.cat([answer - PRIOR, target[:, 2:].nan_to_num()], dim=1)


def test_the_right_answer_costs_nothing():
    assert float(center_boxes_loss(answer_of(target_of()), target_of())) == pytest.approx(0.0, abs=1e-3)


def test_a_size_wrong_by_a_factor_costs_its_logarithm():
    wrong = answer_of(target_of())
    wrong[:, 2:] += np.log(2.0)
    assert float(center_boxes_loss(wrong, target_of())) == pytest.approx(np.log(2.0), abs=1e-3)


def test_calling_a_neighbor_of_a_center_costs_less_than_calling_ground():
    target = target_of()
    target[0, 0, 4, 5] = 0.7
    near, far = answer_of(target), answer_of(target)
    near[0, 0, 4, 5] = far[0, 0, 0, 0] = 3.0
    assert float(center_boxes_loss(near, target)) < 0.1 * float(center_boxes_loss(far, target))


def test_what_was_not_assessed_moves_nothing():
    target = target_of()
    target[:, :, :3] = torch.nan
    answer = answer_of(target_of()).requires_grad_()
    center_boxes_loss(answer, target).backward()
    assert torch.isfinite(answer.grad).all()
    assert not answer.grad[:, :, :3].any()


def test_an_image_without_boxes_has_a_loss_and_a_gradient():
    target = target_of()
    target[:, :2], target[:, 2:] = 0.0, torch.nan
    answer = torch.zeros(1, 4, 9, 9, requires_grad=True)
    loss = center_boxes_loss(answer, target)
    loss.backward()
    assert loss.item() > 0
    assert torch.isfinite(answer.grad).all()


def test_an_untrained_network_says_a_tenth():
    assert float(center_probability(torch.zeros(1, 5, 4, 4, 4)).mean()) == pytest.approx(0.1, abs=0.01)
    assert center_probability(torch.zeros(1, 5, 4, 4, 4)).shape == (1, 2, 4, 4, 4)
