"""U-Net for 2-D and 3-D images, as nnU-Net plans it.

In:   image (N, C_in, *S); S divisible by the product of the strides.
Out:  logits (N, C_out, *S).
Not:  no choice of depth or width (the plan), no loss, no windows.

Reference: Ronneberger, Fischer & Brox, MICCAI 2015, arXiv:1505.04597;
           nnU-Net's plain form: Isensee et al., Nat Methods 2021; 18:203-211.
Differs:   no bias where a normalization follows, since it would be subtracted again; no head at the lowest resolution.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from isocenter.core.errors import PlanError, unknown
from isocenter.core.method import Card
from isocenter.learning.levels import Axes, LevelsConfig, total_stride
from isocenter.learning.network import Network

CONVOLUTION: dict[int, Callable[..., nn.Module]] = {2: nn.Conv2d, 3: nn.Conv3d}
TRANSPOSED: dict[int, Callable[..., nn.Module]] = {2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}
NORMALIZATION: dict[str, dict[int, Callable[..., nn.Module]]] = {
    "instance": {2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d},
    "batch": {2: nn.BatchNorm2d, 3: nn.BatchNorm3d},
}
SLOPE = 0.01
"""Of the leaky rectifier, below zero."""


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
        self.deep_supervision = c.deep_supervision
        self.down = nn.ModuleList(
            _stage(c, n_in, width, kernel, stride) for n_in, (width, kernel, stride) in zip(inputs, levels, strict=True)
        )
        # The decoder goes from coarse to fine: level below -> level.
        steps = list(pairwise(levels))[::-1]
        self.up = nn.ModuleList(
            TRANSPOSED[c.dimensions](below[0], level[0], below[2], below[2], bias=False) for level, below in steps
        )
        same = (1,) * c.dimensions
        self.fuse = nn.ModuleList(_stage(c, 2 * width, width, kernel, same) for (width, kernel, _), _ in steps)
        self.heads = nn.ModuleList(
            CONVOLUTION[c.dimensions](w, c.out_channels, 1) for w in c.widths[: c.supervised]
        )  # finest first
        self.apply(_he)

    def forward(self, image: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return logits; see the class."""
        skips: list[Tensor] = []
        x = image
        for down in self.down:
            x = down(x)
            skips.append(x)  # (N, widths[l], *S / stride so far)
        skips.pop()
        decoded: list[Tensor] = []
        for up, fuse in zip(self.up, self.fuse, strict=True):
            x = fuse(torch.cat([up(x), skips.pop()], dim=1))  # (N, widths[l], *S / stride so far)
            decoded.append(x)
        finest: Tensor = self.heads[0](x)  # (N, C_out, *S)
        if not (self.training and self.deep_supervision):
            return finest
        coarser = decoded[::-1][1 : len(self.heads)]
        return (finest, *(head(features) for head, features in zip(list(self.heads)[1:], coarser, strict=True)))


def _stage(config: UNetConfig, n_in: int, n_out: int, kernel: Axes, stride: Axes) -> nn.Sequential:
    """Convolution, normalization, rectifier, as often as the config says; the first one strided."""
    layers: list[nn.Module] = []
    for i in range(config.convs_per_stage):
        layers += [
            CONVOLUTION[config.dimensions](
                n_in if i == 0 else n_out,
                n_out,
                kernel,
                stride if i == 0 else 1,
                tuple(k // 2 for k in kernel),
                bias=False,
            ),
            NORMALIZATION[config.normalization][config.dimensions](n_out, eps=1e-5, affine=True),
            nn.LeakyReLU(SLOPE, inplace=True),
        ]
    return nn.Sequential(*layers)


def _he(module: nn.Module) -> None:
    if isinstance(module, nn.Conv2d | nn.Conv3d | nn.ConvTranspose2d | nn.ConvTranspose3d):
        nn.init.kaiming_normal_(module.weight, a=SLOPE)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


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
