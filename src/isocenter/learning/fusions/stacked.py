"""Stacked views: the channels of all views are one image. A missing view is zeros, the mean of every normalized image.

In:   views (N, C_v, *S), present (N, V).
Out:  features of one encoder.

Reference: the early fusion of Havaei et al., Med Image Anal 2017; 35:18-31.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from isocenter.core.method import Card
from isocenter.learning.fusion import Fused, Fusing, Fusion, MakeEncoder


class Stacked(Fusing):
    """One encoder sees all channels."""

    def __init__(self, make_encoder: MakeEncoder, channels: Sequence[int]) -> None:
        super().__init__()
        self.encoder = make_encoder(sum(channels))
        self.features = self.encoder.features
        self.stride, self.center = self.encoder.stride, self.encoder.center

    def forward(self, views: Sequence[Tensor], present: Tensor) -> Fused:
        """Return the features of the stacked views."""
        del present  # a missing view is zeros already
        return Fused(features=self.encoder(torch.cat(list(views), dim=1)))


FUSION = Fusion(
    card=Card(
        name="stacked",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Havaei et al., Med Image Anal 2017; 35:18-31",
        differs="",
    ),
    build=Stacked,
)
