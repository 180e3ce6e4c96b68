"""The logarithm of a total: every place adds the exponential of what is said there, so the map is a density.

In:   logits (N, K, P), where (N, 1, P).
Out:  (N, K) log of the sum of exp; very low where the label speaks of no place.

Unlike a mean it does not change when the region grows by places that add nothing, and a few places that add much are seen at once.

Reference: Lempitsky & Zisserman, NIPS 2010 (a count as the integral of a density).
Differs:   the density is learned from counts alone, not from dots.
"""

import torch
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.pooling import Pooling


class LogTotal(nn.Module):
    """log(sum(exp)), weighted by where the label speaks."""

    def forward(self, x: Tensor, where: Tensor) -> Tensor:
        """Return (N, K)."""
        weight = torch.where(where > 0, where.float().clamp_min(1e-9).log(), -1e4)  # (N, 1, P)
        return torch.logsumexp(x.float() + weight, dim=2)


POOLING = Pooling(
    card=Card(
        name="log_total",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Lempitsky & Zisserman, NIPS 2010",
        differs="learned from counts alone",
    ),
    level="answers",
    build=lambda _channels: LogTotal(),
)
