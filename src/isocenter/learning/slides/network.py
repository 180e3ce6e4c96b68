"""The network of a slide: what a tile shows, which class it is of, and what bags of tiles say.

In:   tiles (N, 3, P, P) in [-1, 1].
Out:  features (N, F) and logits (N, K) of tiles; raw numbers of bags, by target.
Not:  no encoder of its own (encoders/), no pooling (bag.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from isocenter.core.plan import as_config
from isocenter.learning.encoders import ENCODERS
from isocenter.learning.exam.by_target import ByTarget
from isocenter.learning.slides.bag import BagConfig, BagNetwork


@dataclass(frozen=True, kw_only=True)
class SlideNetworkConfig:
    """Shape of one network."""

    classes: int = 0
    """Of tiles; 0 = they are not classified."""
    outputs: Mapping[str, int] = field(default_factory=dict)
    """Numbers per target of slides and patients."""
    pooling: str = "attention"
    encoder: str = "convnet"
    encoder_settings: Mapping[str, Any] = field(default_factory=dict)
    dropout: float = 0.2


class SlideNetwork(nn.Module):
    """tiles (N, 3, P, P) -> logits (N, K); with `bag` > 0, tiles in bags of so many -> {target: raw (N / bag, outputs)}."""

    def __init__(self, config: SlideNetworkConfig) -> None:
        super().__init__()
        self.config = c = config
        entry = ENCODERS.get(c.encoder)
        settings = {"dimensions": 2, "in_channels": 3, **c.encoder_settings}
        self.encoder = entry.build(as_config(entry.config, settings, method=f"encoder {c.encoder}"))
        self.features = self.encoder.features
        self.dropout = nn.Dropout(c.dropout)
        self.tile_head = nn.Linear(self.features, c.classes) if c.classes else None
        self.bags = ByTarget(
            {
                name: BagNetwork(BagConfig(features=self.features, classes=c.classes, pooling=c.pooling, outputs=count))
                for name, count in c.outputs.items()
            }
        )

    def look(self, tiles: Tensor) -> tuple[Tensor, Tensor]:
        """Return features (N, F) and logits (N, K) of tiles."""
        features: Tensor = self.encoder(tiles).flatten(2).mean(dim=2)
        return features, self._logits(features)

    def forward(self, tiles: Tensor, *, bag: int = 0) -> Any:
        """Return logits of tiles, or raw numbers of bags; see the class."""
        features: Tensor = self.dropout(self.encoder(tiles).flatten(2).mean(dim=2))
        logits = self._logits(features)
        if not bag:
            return logits
        count = len(tiles) // bag
        together = features.view(count, bag, -1).transpose(1, 2)  # (N / bag, F, bag)
        said = logits.view(count, bag, -1).transpose(1, 2)
        where = torch.ones(count, 1, bag, device=features.device, dtype=features.dtype)
        return {name: network(together, said, where) for name, network in self.bags.items()}

    def _logits(self, features: Tensor) -> Tensor:
        if self.tile_head is None:
            return features.new_zeros(len(features), 0)
        logits: Tensor = self.tile_head(features)
        return logits
