"""Multi-scale streams: near samples are seen one by one, far ones in ever larger means.

In:   image (N, C_in, *S); S divisible by the product of the strides.
Out:  logits (N, C_out, *S).
Not:  no encoder and decoder: no stream is halved on its way, and none reads another's features before the last layers.

A stream of plain convolutions looks at the image as it is; a second and a third at its means over blocks (strides of the plan), and
so further around. Together they are one patch sampled densely in the middle and sparsely further out, for every sample at once.

Reference: Kamnitsas et al., DeepMedic, Med Image Anal 2017; 36:61-78 (streams of unlike resolution, read by 1 x 1 convolutions);
           Ghafoorian et al., ISBI 2016, pp. 1414-1417 (patches sampled non-uniformly for white-matter lesions).
Differs:   padded convolutions, so that a window is answered whole; means over blocks in place of single far samples; three streams
           without residual connections.
"""

from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from isocenter.core.errors import PlanError, unknown
from isocenter.core.method import Card
from isocenter.learning.levels import LevelsConfig, total_stride
from isocenter.learning.network import Network
from isocenter.learning.stage import NORMALIZATION, he_weights, linear_heads, stage

POOL = {2: functional.avg_pool2d, 3: functional.avg_pool3d}
SMOOTH = {2: "bilinear", 3: "trilinear"}


@dataclass(frozen=True, kw_only=True)
class MultiScaleConfig(LevelsConfig):
    """Shape of the streams: the finest `streams` levels have one each, as wide as the level."""

    streams: int = 3
    """At most; no more than there are levels."""
    convolutions: int = 6
    """Of a stream: it sees 2 of its own samples further for each on every side."""
    normalization: str = "instance"
    """"instance" or "batch"."""

    def __post_init__(self) -> None:
        """Fill in the usual strides and kernels. PlanError when the numbers make no network."""
        super().__post_init__()
        if self.normalization not in NORMALIZATION:
            raise PlanError(unknown("normalization", self.normalization, tuple(NORMALIZATION)))
        if self.streams < 1 or self.convolutions < 1:
            raise PlanError(f"expected streams and convolutions of at least 1, got {self.streams} and {self.convolutions}.")

    @property
    def factors(self) -> tuple[tuple[int, ...], ...]:
        """Samples of the image in one sample of each stream, per axis, finest first."""
        kept = min(self.streams, len(self.widths))
        return tuple(total_stride(self.strides[: level + 1]) for level in range(kept))


class MultiScale(nn.Module):
    """image (N, C_in, *S) -> logits (N, C_out, *S), or in supervised training a tuple of one."""

    def __init__(self, config: MultiScaleConfig) -> None:
        super().__init__()
        c = config
        self.dimensions, self.factors = c.dimensions, c.factors
        made = partial(stage, normalization=c.normalization)
        one, shared = (1,) * c.dimensions, c.widths[0]
        levels = list(zip(c.widths, c.kernels, strict=True))[: len(self.factors)]
        self.streams = nn.ModuleList(
            nn.Sequential(
                made(c.in_channels, width, kernel=kernel, convolutions=c.convolutions),
                made(width, shared, kernel=one, convolutions=1),
            )
            for width, kernel in levels
        )
        self.join = made(len(levels) * shared, 2 * shared, kernel=one, convolutions=2)
        self.heads = linear_heads([2 * shared], c.out_channels, dimensions=c.dimensions, deep_supervision=c.deep_supervision)
        self.apply(he_weights)

    def forward(self, image: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Return logits; see the class."""
        seen = []
        for stream, factor in zip(self.streams, self.factors, strict=True):
            means = POOL[self.dimensions](image, factor) if max(factor) > 1 else image
            features = stream(means)  # (N, widths[0], *S / factor)
            if max(factor) > 1:
                features = functional.interpolate(features, size=image.shape[2:], mode=SMOOTH[self.dimensions])
            seen.append(features)  # (N, widths[0], *S)
        logits: Tensor | tuple[Tensor, ...] = self.heads([self.join(torch.cat(seen, dim=1))])  # (N, C_out, *S)
        return logits


NETWORK = Network(
    card=Card(
        name="multi_scale",
        task="segmentation",
        answers=frozenset({"mask"}),
        learned=True,
        cite="Kamnitsas et al., DeepMedic, Med Image Anal 2017; 36:61-78; Ghafoorian et al., ISBI 2016, pp. 1414-1417",
        differs="padded convolutions; means over blocks further out; three streams without residual connections",
    ),
    config=MultiScaleConfig,
    build=MultiScale,
    divisor=lambda config: total_stride(config.strides),
)
