"""HeMIS: every view has an encoder; mean and variance over the views that are there are the features.

In:   views (N, C_v, *S), present (N, V).
Out:  features (N, 2 F, *s): mean, and variance (0 of a single view).

Reference: Havaei et al., HeMIS: Hetero-modal image segmentation, MICCAI 2016, arXiv:1607.05194.
Differs:   the encoders are of any kind; for whole exams.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.fusion import Fused, Fusing, Fusion, MakeEncoder
from isocenter.learning.present_views import encode_present


class HeMIS(Fusing):
    """Moments over views."""

    def __init__(self, make_encoder: MakeEncoder, channels: Sequence[int]) -> None:
        super().__init__()
        made = [make_encoder(count) for count in channels]
        self.encoders = nn.ModuleList(made)
        self.features = 2 * made[0].features
        self.stride, self.center = made[0].stride, made[0].center

    def forward(self, views: Sequence[Tensor], present: Tensor) -> Fused:
        """Return mean and variance over the views that are there."""
        each = torch.stack(encode_present(self.encoders, views, present), dim=1)  # (N, V, F, *s)
        weight = view_weight(present, each)  # (N, V, 1, …)
        count = weight.sum(dim=1).clamp_min(1.0)  # (N, 1, …)
        mean = (each * weight).sum(dim=1) / count
        spread = ((each - mean.unsqueeze(1)) ** 2 * weight).sum(dim=1) / (count - 1).clamp_min(1.0)
        return Fused(features=torch.cat([mean, spread], dim=1))


def view_weight(present: Tensor, each: Tensor) -> Tensor:
    """Return present (N, V) with as many axes as each (N, V, F, *s)."""
    return present.to(each.dtype).view(*present.shape, *[1] * (each.ndim - 2))


FUSION = Fusion(
    card=Card(
        name="hemis",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Havaei et al., MICCAI 2016, arXiv:1607.05194",
        differs="for whole exams, with any encoder",
    ),
    build=HeMIS,
)
