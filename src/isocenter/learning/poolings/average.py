"""Global average pooling: the mean of the features where the label speaks.

In:   features (N, C, P), where (N, 1, P).
Out:  (N, C); 0 where the label speaks of no place.

Reference: Lin, Chen & Yan, ICLR 2014, arXiv:1312.4400; Zhou et al., CVPR 2016, arXiv:1512.04150 (class activation maps).
"""

from torch import Tensor, nn

from isocenter.core.method import Card
from isocenter.learning.pooling import Pooling


class Average(nn.Module):
    """Weighted mean over places."""

    def forward(self, x: Tensor, where: Tensor) -> Tensor:
        """Return (N, C)."""
        return weighted_mean(x, where)


def weighted_mean(x: Tensor, where: Tensor) -> Tensor:
    """Return the mean of x (N, C, P) over places weighted by where (N, 1, P) -> (N, C)."""
    total: Tensor = (x * where).sum(dim=2)  # (N, C)
    return total / where.sum(dim=2).clamp_min(1e-6)


POOLING = Pooling(
    card=Card(
        name="average",
        task="",
        answers=frozenset(),
        learned=True,
        cite="Lin, Chen & Yan, ICLR 2014, arXiv:1312.4400; Zhou et al., CVPR 2016, arXiv:1512.04150",
        differs="within the label's region",
    ),
    level="features",
    build=lambda _channels: Average(),
)
