"""Global max pooling: the largest value of each feature where the label speaks.

In:   features (N, C, P), where (N, 1, P).
Out:  (N, C); 0 where the label speaks of no place.

Reference: Oquab et al., CVPR 2015 (is object localization for free?).
"""

import torch
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.pooling import Pooling


class Maximum(nn.Module):
    """Largest over places."""

    def forward(self, x: Tensor, where: Tensor) -> Tensor:
        """Return (N, C)."""
        return masked_maximum(x, where)


def masked_maximum(x: Tensor, where: Tensor) -> Tensor:
    """Return the largest x (N, C, P) over places with where (N, 1, P) above 0 -> (N, C)."""
    inside = where > 0
    hidden = x.masked_fill(~inside, torch.finfo(x.dtype).min)
    largest = hidden.amax(dim=2)  # (N, C)
    return torch.where(inside.any(dim=2), largest, torch.zeros_like(largest))


POOLING = Pooling(
    card=Card(
        name="maximum",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Oquab et al., CVPR 2015",
        differs="within the label's region",
    ),
    level="features",
    build=lambda _channels: Maximum(),
)
