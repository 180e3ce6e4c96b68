"""DualNet: every view has an encoder; their features are joined.

In:   views (N, C_v, *S), present (N, V); a missing view adds zeros.
Out:  features (N, sum of F_v, *s).

Reference: Rubin et al., Large scale automated reading of frontal and lateral chest X-rays, arXiv:1804.07839.
Differs:   features are joined before pooling, so that a map of every place remains; any number of views.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.fusion import Fused, Fusing, Fusion, MakeEncoder
from isocenter.learning.present_views import encode_present


class DualNet(Fusing):
    """Joined features of one encoder a view."""

    def __init__(self, make_encoder: MakeEncoder, channels: Sequence[int]) -> None:
        super().__init__()
        made = [make_encoder(count) for count in channels]
        self.encoders = nn.ModuleList(made)
        self.features = sum(encoder.features for encoder in made)
        self.stride, self.center = made[0].stride, made[0].center

    def each(self, views: Sequence[Tensor], present: Tensor) -> list[Tensor]:
        """Return the features of every view (N, F_v, *s), zeros where it is missing."""
        return encode_present(self.encoders, views, present)

    def forward(self, views: Sequence[Tensor], present: Tensor) -> Fused:
        """Return the joined features."""
        return Fused(features=torch.cat(self.each(views, present), dim=1))


FUSION = Fusion(
    card=Card(
        name="dualnet",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Rubin et al., arXiv:1804.07839",
        differs="features are joined before pooling; any number of views",
    ),
    build=DualNet,
)
