"""Gated attention pooling: places vote with a learned weight; the weights are shown as a map.

In:   features (N, C, P), where (N, 1, P).
Out:  (N, C); the weights sum to 1 over the places the label speaks of.

Reference: Ilse, Tomczak & Welling, ICML 2018, arXiv:1802.04712.
Differs:   the instances are the places of a feature map.
"""

import torch
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.pooling import Pooling

HIDDEN = 64


class Attention(nn.Module):
    """Gated attention over places."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.content = nn.Conv1d(channels, HIDDEN, 1)
        self.gate = nn.Conv1d(channels, HIDDEN, 1)
        self.score = nn.Conv1d(HIDDEN, 1, 1)

    def attention(self, x: Tensor, where: Tensor) -> Tensor:
        """Return the share of each place (N, 1, P), 0 outside."""
        scores: Tensor = self.score(torch.tanh(self.content(x)) * torch.sigmoid(self.gate(x))).float()  # (N, 1, P)
        shares = scores.masked_fill(where <= 0, -1e4).softmax(dim=2)
        return shares * (where > 0)

    def forward(self, x: Tensor, where: Tensor) -> Tensor:
        """Return (N, C)."""
        return (x * self.attention(x, where).to(x.dtype)).sum(dim=2)


POOLING = Pooling(
    card=Card(
        name="attention",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Ilse, Tomczak & Welling, ICML 2018, arXiv:1802.04712",
        differs="the instances are the places of a feature map",
    ),
    level="features",
    build=Attention,
)
