"""The U-Net without skips: its own promises."""

import torch

from isocenter.learning.networks.bottleneck_transposed import NETWORK, BottleneckTransposed
from isocenter.learning.networks.unet import UNet, UNetConfig


def test_it_has_the_unets_weights_but_those_that_read_skips():
    config = UNetConfig(dimensions=2, widths=(4, 8, 16))
    count = [sum(p.numel() for p in kind(config).parameters()) for kind in (UNet, BottleneckTransposed)]
    assert count[0] - count[1] == 9 * (8 * 8 + 4 * 4)  # each decoder level's first convolution reads half as many features


def test_without_the_coarsest_level_the_answer_knows_no_image():
    net = BottleneckTransposed(UNetConfig(dimensions=2, widths=(4, 8))).eval()
    torch.nn.init.zeros_(net.down[-1][-2].weight)  # the last normalization before the bottleneck is left says nothing
    first, second = torch.randn(2, 1, 1, 8, 8)
    assert torch.equal(net(first), net(second))


def test_levels_it_halves_are_the_plans():
    assert NETWORK.divisor(UNetConfig(widths=(4, 8, 8), strides=((1, 1, 1), (2, 2, 1), (2, 2, 2)))) == (4, 4, 2)
