"""Noisy-or: the whole is positive unless every place is negative.

In:   logits (N, K, P), where (N, 1, P).
Out:  (N, K) logit of 1 - prod(1 - p).

Reference: Viola, Platt & Zhang, Multiple instance boosting, NIPS 2005.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from isocenter.core.method import Card
from isocenter.learning.pooling import Pooling


class NoisyOr(nn.Module):
    """logit(1 - prod(1 - sigmoid)), in logarithms."""

    def forward(self, x: Tensor, where: Tensor) -> Tensor:
        """Return (N, K)."""
        negative = (softplus(x.float()) * where.float()).sum(dim=2)  # -log prod(1 - p)
        negative = negative.clamp(min=1e-12)
        return negative + torch.log(-torch.expm1(-negative))  # p / (1 - p) = exp(negative) - 1, which overflows on large maps


POOLING = Pooling(
    card=Card(
        name="noisy_or",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Viola, Platt & Zhang, NIPS 2005",
        differs="within the label's region",
    ),
    level="answers",
    build=lambda _channels: NoisyOr(),
)
