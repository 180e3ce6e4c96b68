"""Log-sum-exp pooling: between mean and maximum, of features where the label speaks.

In:   features (N, C, P), where (N, 1, P).
Out:  (N, C) = 1/r log(mean(exp(r x))), r = 4.

Reference: Pinheiro & Collobert, CVPR 2015, arXiv:1411.6228.
"""

import torch
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.pooling import Pooling

SHARPNESS = 4.0


class LogSumExp(nn.Module):
    """Smooth maximum over places."""

    def forward(self, x: Tensor, where: Tensor) -> Tensor:
        """Return (N, C)."""
        inside = torch.where(where > 0, where.float().clamp_min(1e-9).log(), -1e4)  # (N, 1, P)
        count = where.float().sum(dim=2).clamp_min(1e-6).log()  # (N, 1)
        return (torch.logsumexp(SHARPNESS * x.float() + inside, dim=2) - count) / SHARPNESS


POOLING = Pooling(
    card=Card(
        name="log_sum_exp",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Pinheiro & Collobert, CVPR 2015, arXiv:1411.6228",
        differs="within the label's region",
    ),
    level="features",
    build=lambda _channels: LogSumExp(),
)
