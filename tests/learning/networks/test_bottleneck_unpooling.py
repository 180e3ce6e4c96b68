"""Unpooling by switches: what passes beside the bottleneck."""

import torch

from isocenter.learning.networks.bottleneck_unpooling import NETWORK, BottleneckUnpooling
from isocenter.learning.networks.unet import UNetConfig


def silenced() -> BottleneckUnpooling:
    """A network whose coarsest level says the same of every image."""
    torch.manual_seed(0)
    net = BottleneckUnpooling(UNetConfig(dimensions=2, widths=(4, 8), normalization="batch")).eval()
    torch.nn.init.zeros_(net.narrow[0][1].weight)
    torch.nn.init.ones_(net.narrow[0][1].bias)
    return net


def test_switches_alone_tell_places():
    image = torch.randn(1, 1, 8, 8)
    net = silenced()
    assert not torch.allclose(net(image), net(torch.randn(1, 1, 8, 8)))


def test_nothing_but_switches_passes():
    net, image = silenced(), torch.randn(1, 1, 8, 8)
    before = net(image)
    with torch.no_grad():  # features of twice the size have their maxima in the same places
        net.down[0][-2].weight.mul_(2.0)
        net.down[0][-2].bias.mul_(2.0)
    assert torch.allclose(net(image), before, atol=1e-6)


def test_levels_it_pools_are_the_plans():
    assert NETWORK.divisor(UNetConfig(widths=(4, 8, 8), strides=((1, 1, 1), (2, 2, 1), (2, 2, 2)))) == (4, 4, 2)
