"""U-Net for 2-D and 3-D images, as nnU-Net plans it.

In:   image (N, C_in, *S); S divisible by the product of the strides.
Out:  logits (N, C_out, *S).
Not:  no choice of depth or width (the plan), no loss, no windows.

Reference: Ronneberger, Fischer & Brox, MICCAI 2015, arXiv:1505.04597;
           nnU-Net's plain form: Isensee et al., Nat Methods 2021; 18:203-211.
Differs:   no bias where a normalization follows, since it would be subtracted again; no head at the lowest resolution.
"""

from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor, nn

from isocenter.core.errors import PlanError, unknown
from isocenter.core.method import Card
from isocenter.learning.levels import LevelsConfig, total_stride
from isocenter.learning.network import Network
from isocenter.learning.stage import NORMALIZATION, TRANSPOSED, he_weights, linear_heads, stage


@dataclass(frozen=True, kw_only=True)
class UNetConfig(LevelsConfig):
    """Shape of one U-Net; the first level's strides are ones."""

    convs_per_stage: int = 2
    normalization: str = "instance"
    """"instance", or "batch" where how much of something a patch holds must not be normalized away."""

    def __post_init__(self) -> None:
        """Fill in the usual strides and kernels. PlanError when the numbers make no network."""
        super().__post_init__()
        if any(s != 1 for s in self.strides[0]):
            raise PlanError(f"the first level's strides must be ones, so that logits have the image's size, got {self.strides[0]}.")
        if self.normalization not in NORMALIZATION:
            raise PlanError(unknown("normalization", self.normalization, tuple(NORMALIZATION)))
        if self.convs_per_stage < 1:
            raise PlanError(f"convs_per_stage must be at least 1, got {self.convs_per_stage}.")


class UNet(nn.Module):
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
        self.bottleneck: nn.Module = nn.Identity()
        # The decoder goes from coarse to fine: level below -> level.
        steps = list(pairwise(levels))[::-1]
        self.up = nn.ModuleList(
            TRANSPOSED[c.dimensions](below[0], level[0], below[2], below[2], bias=False) for level, below in steps
        )
        self.fuse = nn.ModuleList(made(2 * width, width, kernel=kernel) for (width, kernel, _), _ in steps)
        self.heads = linear_heads(
            c.widths[: c.supervised], c.out_channels, dimensions=c.dimensions, deep_supervision=c.deep_supervision
        )
        self.apply(he_weights)

    def forward(self, image: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return logits; see the class."""
        skips: list[Tensor] = []
        x = image
        for down in self.down:
            x = down(x)
            skips.append(x)  # (N, widths[l], *S / stride so far)
        skips.pop()
        x = self.bottleneck(x)
        decoded: list[Tensor] = []
        for up, fuse in zip(self.up, self.fuse, strict=True):
            x = fuse(torch.cat([up(x), skips.pop()], dim=1))  # (N, widths[l], *S / stride so far)
            decoded.append(x)
        logits: Tensor | tuple[Tensor, ...] = self.heads(decoded)  # (N, C_out, *S)
        return logits


NETWORK = Network(
    card=Card(
        name="unet",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=True,
        cite="Ronneberger et al., MICCAI 2015, arXiv:1505.04597; Isensee et al., Nat Methods 2021; 18:203-211",
        differs="no bias before a normalization; no head at the lowest resolution",
    ),
    config=UNetConfig,
    build=UNet,
    divisor=lambda config: total_stride(config.strides),
)
