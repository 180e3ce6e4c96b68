"""What is said of a bag of tiles, a slide or all slides of a patient: pooled features or answers, or statistics of a heat map.

In:   features (N, F, P) and logits (N, K, P) of P tiles, and which of them are there (N, 1, P).
Out:  raw numbers of a head (N, outputs).
Not:  no tiles (tiles.py), no poolings of its own but the heat map's (poolings/).

Reference: Ilse, Tomczak & Welling, ICML 2018, arXiv:1802.04712 (attention); Wang et al., arXiv:1606.05718 (heat maps).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from isocenter.core.errors import PlanError
from isocenter.learning.poolings import POOLINGS

HEAT_MAP = "heat_map"
STATISTICS = 5
"""Numbers a heat map is told by, for each class but the background."""
STEEP = 8.0
"""Log odds of a tile are kept within."""


@dataclass(frozen=True, kw_only=True)
class BagConfig:
    """Shape of what speaks of one bag."""

    features: int
    classes: int
    """Of tiles; 0 = tiles are not classified."""
    pooling: str
    """"heat_map", or a member of poolings/."""
    outputs: int

    def __post_init__(self) -> None:
        """PlanError for a heat map without classes."""
        if self.pooling == HEAT_MAP and self.classes < 2:
            raise PlanError("expected regions to learn tiles from where slides are told by their heat map; pool otherwise.")


class BagNetwork(nn.Module):
    """features (N, F, P), logits (N, K, P), where (N, 1, P) -> raw (N, outputs)."""

    def __init__(self, config: BagConfig) -> None:
        super().__init__()
        self.config = c = config
        self.by_map = c.pooling == HEAT_MAP
        self.level = "features" if self.by_map else POOLINGS.get(c.pooling).level
        wide = STATISTICS * (c.classes - 1) if self.by_map else c.features
        # What goes into the last layer has mean 0 and deviation 1 over the learning bags: fitted, not learned.
        self.register_buffer("mean", torch.zeros(wide))
        self.register_buffer("deviation", torch.ones(wide))
        self.pooling = nn.Identity() if self.by_map else POOLINGS.get(c.pooling).build(c.features)
        self.head = nn.Linear(wide, c.outputs)

    def forward(self, features: Tensor, logits: Tensor, where: Tensor) -> Tensor:
        """Return raw numbers; see the class."""
        if self.by_map:
            raw: Tensor = self.head(self._scaled(heat_map_statistics(logits, where)[..., None])[..., 0])
            return raw
        scaled = self._scaled(features)
        if self.level == "features":
            pooled: Tensor = self.head(self.pooling(scaled, where))
            return pooled
        said = torch.einsum("of,nfp->nop", self.head.weight, scaled) + self.head.bias[None, :, None]
        answer: Tensor = self.pooling(said, where)
        return answer

    def attention(self, features: Tensor, where: Tensor) -> Tensor | None:
        """Return the share of each tile (N, 1, P), where the pooling has one."""
        if not hasattr(self.pooling, "attention"):
            return None
        shares: Tensor = self.pooling.attention(self._scaled(features), where)  # type: ignore[operator]
        return shares

    @torch.no_grad()
    def scale_to(self, values: Tensor) -> None:
        """Take mean and deviation from (M, wide)."""
        if len(values) > 1:
            self.get_buffer("mean").copy_(values.mean(dim=0))
            self.get_buffer("deviation").copy_(values.std(dim=0).clamp_min(1e-3))

    def _scaled(self, x: Tensor) -> Tensor:
        return (x - self.get_buffer("mean")[None, :, None]) / self.get_buffer("deviation")[None, :, None]


def heat_map_statistics(logits: Tensor, where: Tensor) -> Tensor:
    """Return (N, STATISTICS * (K - 1)): of each class but the first, in log odds, the most, the mean of the 3 and of the tenth of
    tiles that are most, the mean of all, and the share of tiles above a half.

    logits : (N, K, P); where : (N, 1, P) of 0 and 1
    """
    there = where > 0
    logs = logits.float().log_softmax(dim=1)
    found = []
    for k in range(1, logits.shape[1]):
        others = torch.cat([logs[:, :k], logs[:, k + 1 :]], dim=1).logsumexp(dim=1)
        odds = (logs[:, k] - others).clamp(-STEEP, STEEP).masked_fill(~there[:, 0], -STEEP)  # (N, P)
        count = there[:, 0].sum(dim=1).clamp_min(1)  # (N,)
        sorted_ = odds.sort(dim=1, descending=True).values
        order = torch.arange(odds.shape[1])[None]
        top = [(sorted_ * (order < n[:, None])).sum(dim=1) / n for n in (count.clamp_max(3), (count // 10).clamp_min(1), count)]
        above = ((odds > 0).sum(dim=1) + 0.5) / (count + 1.0)
        found.append(torch.stack([sorted_[:, 0], *top, torch.logit(above)], dim=1))
    return torch.cat(found, dim=1)
