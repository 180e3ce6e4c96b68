"""Bottleneck encoder-decoder with transposed convolutions: a U-Net without its skip connections.

In:   image (N, C_in, *S); S divisible by the product of the strides.
Out:  logits (N, C_out, *S).
Not:  no skips: whatever the answer knows of places has passed the coarsest level. For comparison, not for use.

Reference: Noh, Hong & Han, ICCV 2015, arXiv:1505.04366 (a deconvolution network);
           Zeiler et al., CVPR 2010 (deconvolution, today called transposed convolution).
Differs:   no unpooling (bottleneck_unpooling.py) and no fully connected layer; everything else is the U-Net's (unet.py), so that
           the two differ by the skips alone.
"""

from functools import partial
from itertools import pairwise

from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.levels import total_stride
from isocenter.learning.network import Network
from isocenter.learning.networks.unet import UNetConfig
from isocenter.learning.stage import TRANSPOSED, he_weights, linear_heads, stage


class BottleneckTransposed(nn.Module):
    """image (N, C_in, *S) -> logits (N, C_out, *S), or in supervised training a tuple of logits, finest first."""

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        c = config
        levels = list(zip(c.widths, c.kernels, c.strides, strict=True))  # finest first
        inputs = (c.in_channels, *c.widths[:-1])
        made = partial(stage, convolutions=c.convs_per_stage, normalization=c.normalization)
        self.down = nn.ModuleList(
            made(n_in, width, kernel=kernel, stride=stride) for n_in, (width, kernel, stride) in zip(inputs, levels, strict=True)
        )
        # The decoder goes from coarse to fine: level below -> level.
        steps = list(pairwise(levels))[::-1]
        self.up = nn.ModuleList(
            TRANSPOSED[c.dimensions](below[0], level[0], below[2], below[2], bias=False) for level, below in steps
        )
        self.smooth = nn.ModuleList(made(width, width, kernel=kernel) for (width, kernel, _), _ in steps)
        self.heads = linear_heads(
            c.widths[: c.supervised], c.out_channels, dimensions=c.dimensions, deep_supervision=c.deep_supervision
        )
        self.apply(he_weights)

    def forward(self, image: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return logits; see the class."""
        x = image
        for down in self.down:
            x = down(x)  # (N, widths[l], *S / stride so far)
        decoded: list[Tensor] = []
        for up, smooth in zip(self.up, self.smooth, strict=True):
            x = smooth(up(x))  # (N, widths[l], *S / stride so far)
            decoded.append(x)
        logits: Tensor | tuple[Tensor, ...] = self.heads(decoded)  # (N, C_out, *S)
        return logits


NETWORK = Network(
    card=Card(
        name="bottleneck_transposed",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=True,
        cite="Noh et al., ICCV 2015, arXiv:1505.04366; Zeiler et al., CVPR 2010",
        differs="no unpooling and no fully connected layer: a U-Net without skips",
    ),
    config=UNetConfig,
    build=BottleneckTransposed,
    divisor=lambda config: total_stride(config.strides),
)
