"""Bottleneck encoder-decoder with max-unpooling: the decoder knows where each maximum stood, and nothing else of the encoder.

In:   image (N, C_in, *S); S divisible by the product of the strides.
Out:  logits (N, C_out, *S).
Not:  no skips of features. For comparison, not for use.

Reference: Badrinarayanan, Kendall & Cipolla, SegNet, IEEE TPAMI 2017; 39:2481-2495, arXiv:1511.00561.
Differs:   the U-Net's stages (instance normalization, leaky rectifier, its widths and depth) where SegNet takes VGG-16's.
"""

from functools import partial
from itertools import pairwise

from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.levels import total_stride
from isocenter.learning.network import Network
from isocenter.learning.networks.unet import UNetConfig
from isocenter.learning.stage import he_weights, linear_heads, stage
from isocenter.learning.switches import Switches, pool_with_switches, unpool


class BottleneckUnpooling(nn.Module):
    """image (N, C_in, *S) -> logits (N, C_out, *S), or in supervised training a tuple of logits, finest first."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        c = config
        levels = list(zip(c.widths, c.kernels, strict=True))  # finest first
        inputs = (c.in_channels, *c.widths[:-1])
        made = partial(stage, convolutions=c.convs_per_stage, normalization=c.normalization)
        self.windows = c.strides[1:]
        self.down = nn.ModuleList(made(n_in, width, kernel=kernel) for n_in, (width, kernel) in zip(inputs, levels, strict=True))
        # The decoder goes from coarse to fine: level below -> level. Switches are one a feature, so features become as many first.
        steps = list(pairwise(levels))[::-1]
        self.narrow = nn.ModuleList(
            stage(below[0], level[0], kernel=below[1], convolutions=1, normalization=c.normalization) for level, below in steps
        )
        self.fill = nn.ModuleList(made(width, width, kernel=kernel) for (width, kernel), _ in steps)
        self.heads = linear_heads(
            c.widths[: c.supervised], c.out_channels, dimensions=c.dimensions, deep_supervision=c.deep_supervision
        )
        self.apply(he_weights)

    def forward(self, image: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return logits; see the class."""
        x: Tensor = self.down[0](image)  # (N, widths[0], *S)
        switches: list[Switches] = []
        for down, window in zip(list(self.down)[1:], self.windows, strict=True):
            x, places = pool_with_switches(x, window)
            switches.append(places)
            x = down(x)  # (N, widths[l], *S / stride so far)
        decoded: list[Tensor] = []
        for narrow, fill, window in zip(self.narrow, self.fill, self.windows[::-1], strict=True):
            x = fill(unpool(narrow(x), switches.pop(), window))  # (N, widths[l], *S / stride so far)
            decoded.append(x)
        logits: Tensor | tuple[Tensor, ...] = self.heads(decoded)  # (N, C_out, *S)
        return logits


NETWORK = Network(
    card=Card(
        name="bottleneck_unpooling",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=True,
        cite="Badrinarayanan et al., SegNet, IEEE TPAMI 2017; 39:2481-2495, arXiv:1511.00561",
        differs="the U-Net's stages, widths and depth in place of VGG-16's",
    ),
    config=UNetConfig,
    build=BottleneckUnpooling,
    divisor=lambda config: total_stride(config.strides),
)
