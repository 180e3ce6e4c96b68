"""DynUNet: nnU-Net's network from MONAI's blocks, with optional residual ones.

In:   image (N, C_in, *S); S divisible by the product of the strides.
Out:  logits (N, C_out, *S).
Not:  the default; unet.py is the same idea in plain torch.

Reference: Isensee et al., arXiv:1904.08128; MONAI, arXiv:2211.02701.
Differs:   MONAI's blocks in a plain loop: no weight is held under two names, and supervised logits come at their own resolution.
"""

from dataclasses import dataclass
from itertools import pairwise

from monai.networks.blocks.dynunet_block import UnetBasicBlock, UnetOutBlock, UnetResBlock, UnetUpBlock
from monai.networks.nets.dynunet import DynUNet as MonaiDynUNet
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.levels import LevelsConfig, total_stride
from isocenter.learning.network import Network
from isocenter.learning.stage import Heads

NORM = ("INSTANCE", {"affine": True})


@dataclass(frozen=True, kw_only=True)
class DynUNetConfig(LevelsConfig):
    """Shape of one DynUNet."""

    residual: bool = False
    """Blocks with a shortcut."""


class DynUNet(nn.Module):
    """image (N, C_in, *S) -> logits (N, C_out, *S), or in supervised training a tuple of logits, finest first."""

    def __init__(self, config: DynUNetConfig) -> None:
        super().__init__()
        c = config
        block = UnetResBlock if c.residual else UnetBasicBlock
        levels = list(zip(c.widths, c.kernels, c.strides, strict=True))  # finest first
        inputs = (c.in_channels, *c.widths[:-1])
        self.down = nn.ModuleList(
            block(c.dimensions, n_in, width, kernel, stride, NORM)
            for n_in, (width, kernel, stride) in zip(inputs, levels, strict=True)
        )
        # The decoder goes from coarse to fine: level below -> level.
        self.up = nn.ModuleList(
            UnetUpBlock(c.dimensions, below[0], level[0], level[1], below[2], below[2], NORM)
            for level, below in list(pairwise(levels))[::-1]
        )
        self.heads = Heads(
            [UnetOutBlock(c.dimensions, width, c.out_channels) for width in c.widths[: c.supervised]],
            deep_supervision=c.deep_supervision,
        )
        self.apply(MonaiDynUNet.initialize_weights)

    def forward(self, image: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return logits; see the class."""
        skips: list[Tensor] = []
        x = image
        for down in self.down:
            x = down(x)
            skips.append(x)  # (N, widths[l], *S / stride so far)
        skips.pop()
        decoded: list[Tensor] = []
        for up in self.up:
            x = up(x, skips.pop())  # (N, widths[l], *S / stride so far)
            decoded.append(x)
        logits: Tensor | tuple[Tensor, ...] = self.heads(decoded)  # (N, C_out, *S)
        return logits


NETWORK = Network(
    card=Card(
        name="dynunet",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=True,
        cite="Isensee et al., arXiv:1904.08128; Cardoso et al., MONAI, arXiv:2211.02701",
        differs="supervised logits come at their own resolution",
    ),
    config=DynUNetConfig,
    build=DynUNet,
    divisor=lambda config: total_stride(config.strides),
)
