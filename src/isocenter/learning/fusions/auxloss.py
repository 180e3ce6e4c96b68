"""AuxLoss: DualNet whose views must each answer alone too, so that a missing one costs little.

In:   views (N, C_v, *S), present (N, V).
Out:  features (N, sum of F_v, *s); in training the features of every view, each with a head and a loss of its own.

Reference: Hashir, Bertrand & Cohen, Quantifying the value of lateral views in deep learning for chest X-rays, MIDL 2020,
           arXiv:2002.02582.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from isocenter.core.method import Card
from isocenter.learning.encoder import Features
from isocenter.learning.fusion import Fused, Fusion, MakeEncoder
from isocenter.learning.fusions.dualnet import DualNet


class AuxLoss(DualNet):
    """DualNet with auxiliary answers."""

    def __init__(self, make_encoder: MakeEncoder, channels: Sequence[int]) -> None:
        super().__init__(make_encoder, channels)
        self.auxiliary = tuple(encoder.features for encoder in self.encoders if isinstance(encoder, Features))

    def forward(self, views: Sequence[Tensor], present: Tensor) -> Fused:
        """Return the joined features, and each view's."""
        each = self.each(views, present)
        return Fused(features=torch.cat(each, dim=1), auxiliary=tuple(each))


FUSION = Fusion(
    card=Card(
        name="auxloss",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Hashir, Bertrand & Cohen, MIDL 2020, arXiv:2002.02582",
        differs="any number of views",
    ),
    build=AuxLoss,
)
