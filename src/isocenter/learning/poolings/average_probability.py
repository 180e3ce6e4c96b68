"""The mean of the places' probabilities, as a logit: an intermediate segmentation whose share is the answer.

In:   logits (N, K, P), where (N, 1, P).
Out:  (N, K) logit of the mean probability.

Reference: Bortsova et al., Deep learning from label proportions for emphysema quantification, MICCAI 2018, arXiv:1807.08601.
"""

import torch
from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.pooling import Pooling
from isocenter.learning.poolings.average import weighted_mean

SMALLEST = 1e-5


class AverageProbability(nn.Module):
    """logit(mean(sigmoid))."""

    def forward(self, x: Tensor, where: Tensor) -> Tensor:
        """Return (N, K)."""
        share = weighted_mean(torch.sigmoid(x.float()), where.float())
        return torch.logit(share, eps=SMALLEST)


POOLING = Pooling(
    card=Card(
        name="average_probability",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Bortsova et al., MICCAI 2018, arXiv:1807.08601",
        differs="",
    ),
    level="answers",
    build=lambda _channels: AverageProbability(),
)
