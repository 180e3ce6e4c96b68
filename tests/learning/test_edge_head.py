"""Edges of targets, and the output that learns them."""

import pytest
import torch

from isocenter.learning.edge_head import EdgeNetwork, class_edges, with_edges
from isocenter.learning.losses.dice_cross_entropy import dice_cross_entropy_loss
from isocenter.learning.networks.unet import UNet, UNetConfig


def square() -> torch.Tensor:
    target = torch.zeros(1, 8, 8, dtype=torch.long)
    target[0, 2:6, 2:6] = 1
    return target


def test_both_samples_of_a_border_are_edge():
    edges = class_edges(square(), axes=2)[0, 0]
    wanted = torch.zeros(8, 8)
    wanted[1:7, 2:6] = wanted[2:6, 1:7] = 1
    wanted[3:5, 3:5] = 0
    assert torch.equal(edges, wanted)


def test_what_was_not_assessed_has_no_edge_and_makes_none():
    target = square()
    target[:, :, 4:] = -1
    edges = class_edges(target, axes=2)[0, 0]
    assert edges[:, 4:].isnan().all()
    assert torch.equal(edges[:, 3], torch.tensor([0.0, 1, 1, 0, 0, 1, 1, 0]))


def test_regions_that_overlap_have_the_edges_of_each():
    one = square().float()
    other = one.flip(1).roll(1, dims=2)
    regions = torch.stack([one, other], dim=1)
    each = [class_edges(r.long(), axes=2) for r in (one, other)]
    assert torch.equal(class_edges(regions, axes=2), torch.maximum(*each))


def test_a_volume_has_edges_along_all_axes():
    target = torch.zeros(1, 4, 4, 4, dtype=torch.long)
    target[..., 2:] = 1
    edges = class_edges(target, axes=3)[0, 0]
    assert torch.equal(edges, (torch.tensor([0.0, 1, 1, 0])).expand(4, 4, 4))


@pytest.mark.parametrize("weight", [0.5, 2.0])
def test_a_perfect_answer_costs_nothing_and_wrong_edges_cost_their_weight(weight):
    target = square()
    right = torch.cat([40.0 * (2.0 * torch.nn.functional.one_hot(target, 2).movedim(-1, 1) - 1), torch.zeros(1, 1, 8, 8)], dim=1)
    right[:, 2] = 40.0 * (2 * class_edges(target, axes=2)[:, 0] - 1)
    loss = with_edges(dice_cross_entropy_loss, weight)
    assert loss(right, target) < 1e-4
    wrong = right.clone()
    wrong[:, 2] *= -1
    single = with_edges(dice_cross_entropy_loss, 1.0)(wrong, target)
    assert loss(wrong, target) == pytest.approx(float(weight * single), rel=1e-4)


def test_edges_are_shown_in_training_or_where_asked_for():
    net = EdgeNetwork(UNet(UNetConfig(dimensions=2, widths=(4, 8), out_channels=4, deep_supervision=True)))
    image = torch.randn(1, 1, 8, 8)
    assert net(image)[0].shape[1] == 4
    net.eval()
    assert net(image).shape[1] == 3
    net.shown = True
    assert net(image).shape[1] == 4
