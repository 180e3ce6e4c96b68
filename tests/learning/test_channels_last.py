"""Channels last, for networks of any axes."""

import torch
from torch import nn

from isocenter.learning.channels_last import channels_last, lay_channels_last


def test_two_and_three_axes_live_in_one_network():
    net = nn.ModuleList([nn.Conv2d(3, 4, 3), nn.Conv3d(3, 4, 3), nn.Linear(3, 4)])
    before = [p.detach().clone() for p in net.parameters()]
    lay_channels_last(net)
    assert net[0].weight.is_contiguous(memory_format=torch.channels_last)
    assert net[1].weight.is_contiguous(memory_format=torch.channels_last_3d)
    assert all(torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))


def test_what_is_no_image_stays():
    amounts = torch.randn(3, 4)
    assert channels_last(amounts) is amounts
    assert channels_last(torch.randn(2, 3, 4, 5)).stride()[1] == 1
