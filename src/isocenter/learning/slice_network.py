"""Slice classifiers: of each axis of a volume, a small network that says which structures a slice shows.

In:   slices across each of three axes, each with its neighbors as channels.
Out:  logits of each structure.
Not:  no box (slice_runs.py), no drawing of slices (slice_lesson.py).

Reference: de Vos et al., IEEE Trans Med Imaging 2017; 36:1470-1481.
Differs:   three small networks in place of one for all axes; the mean and the maximum of the features over a slice in place of a
           pyramid of maxima.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from isocenter.core.errors import PlanError
from isocenter.learning.encoders.convnet import Convnet, ConvnetConfig

AXES = 3


@dataclass(frozen=True, kw_only=True)
class SliceNetworkConfig:
    """Shape of the three networks."""

    in_channels: int = 3
    """Channels of the image times slices shown at once."""
    structures: int = 1
    widths: tuple[int, ...] = (16, 32, 64, 128)
    """Feature channels per level, finest first."""
    dropout: float = 0.2
    """Share of the features that are left out in a step."""

    def __post_init__(self) -> None:
        """PlanError when the numbers make no network."""
        if self.structures < 1 or not 0 <= self.dropout < 1:
            raise PlanError(f"expected a structure or more and dropout in [0, 1), got {self.structures} and {self.dropout}.")


class SliceClassifier(nn.Module):
    """slices (N, C, *S) -> logits (N, K)."""

    def __init__(self, config: SliceNetworkConfig) -> None:
        super().__init__()
        self.encoder = Convnet(ConvnetConfig(dimensions=2, in_channels=config.in_channels, widths=config.widths))
        self.head = nn.Sequential(nn.Dropout(config.dropout), nn.Linear(2 * self.encoder.features, config.structures))

    def forward(self, slices: Tensor) -> Tensor:
        """Return logits; see the class."""
        features = self.encoder(slices)  # (N, F, *s)
        pooled = torch.cat([features.mean(dim=(2, 3)), features.amax(dim=(2, 3))], dim=1)  # (N, 2 F)
        logits: Tensor = self.head(pooled)  # (N, K)
        return logits


class SliceNetwork(nn.Module):
    """One classifier an axis: slices across each axis, 3 x (N, C, *S), -> 3 x logits (N, K)."""

    def __init__(self, config: SliceNetworkConfig) -> None:
        super().__init__()
        self.across = nn.ModuleList(SliceClassifier(config) for _ in range(AXES))

    def forward(self, slices: Sequence[Tensor]) -> list[Tensor]:
        """Return logits; see the class."""
        return [network(some) for network, some in zip(self.across, slices, strict=True)]
