"""Stacked views in which a missing one is the mean of the images of that view learned from, place by place.

In:   views (N, C_v, *S), present (N, V).
Out:  features of one encoder.

The mean is gathered while learning, of the images as they are shown, at 64 x 64 or 16 x 16 x 16 samples; it is saved with the
weights. Where images were normalized one by one, zeros are their mean over all places, but not at each.

Reference: mean imputation as compared with by Havaei et al., HeMIS, MICCAI 2016, arXiv:1607.05194.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, adaptive_avg_pool3d, interpolate

from isocenter.core.method import Card
from isocenter.learning.fusion import Fused, Fusion, MakeEncoder
from isocenter.learning.fusions.stacked import Stacked

KEPT = 4096
"""Samples a mean image is kept at: 64² and 16³."""


class StackedMean(Stacked):
    """One encoder sees all channels, missing ones filled in."""

    mean: Tensor
    seen: Tensor

    def __init__(self, make_encoder: MakeEncoder, channels: Sequence[int]) -> None:
        super().__init__(make_encoder, channels)
        self.channels = tuple(channels)
        self.register_buffer("mean", torch.zeros(sum(channels), KEPT))
        self.register_buffer("seen", torch.zeros(sum(channels)))

    def forward(self, views: Sequence[Tensor], present: Tensor) -> Fused:
        """Return the features of the stacked views; in training, learn the mean of those that are there."""
        x = torch.cat(list(views), dim=1)  # (N, C, *S)
        there = torch.repeat_interleave(present.float(), torch.tensor(self.channels, device=present.device), dim=1)  # (N, C)
        if self.training:
            self._gather(x.detach(), there)
        space = x.ndim - 2
        side = round(KEPT ** (1 / space))
        mean = interpolate(
            self.mean.view(1, -1, *[side] * space), size=tuple(x.shape[2:]), mode="bilinear" if space == 2 else "trilinear"
        ).to(x.dtype)  # (1, C, *S)
        weight = there.to(x.dtype).view(*there.shape, *[1] * space)
        return Fused(features=self.encoder(x * weight + mean * (1 - weight)))

    @torch.no_grad()
    def _gather(self, x: Tensor, there: Tensor) -> None:
        """Move the means (C, kept) by the images shown (N, C, *S) as far as they are there (N, C)."""
        space = x.ndim - 2
        side = round(KEPT ** (1 / space))
        small = (adaptive_avg_pool2d(x.float(), side) if space == 2 else adaptive_avg_pool3d(x.float(), side)).flatten(2)
        self.seen += there.sum(dim=0)
        away = ((small - self.mean) * there[..., None]).sum(dim=0)  # (C, kept)
        self.mean += away / self.seen.clamp_min(1.0)[:, None]


FUSION = Fusion(
    card=Card(
        name="stacked_mean",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Havaei et al., MICCAI 2016, arXiv:1607.05194 (as a comparison)",
        differs="the mean is an image, not a number, gathered while learning",
    ),
    build=StackedMean,
)
