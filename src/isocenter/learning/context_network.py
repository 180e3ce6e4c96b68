"""Two looks at one place: close by, and from further away. Is it what was looked for?

In:   views (N, 2 C, *V): C channels of the surroundings as they are, C of wider ones on as many samples.
Out:  one logit a place, or one for each of several classes.
Not:  no cutting of views (candidate_lesson.py).

Reference: Ghafoorian et al., Deep multi-scale location-aware 3D convolutional neural networks for automated detection of lacunes,
           Neuroimage Clin 2017; 14:391-399 (local and global context); Ding et al., MICCAI 2017, arXiv:1706.04303 (second stage).
Differs:   two scales, each a stream of three blocks; mean and maximum of the last features.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from isocenter.learning.fully_convolutional import BATCH_NORM, CONVOLUTION, MAX_POOL

SLOPE = 0.01
POOLED_FROM = 6
"""Samples below which an axis is pooled no further."""


@dataclass(frozen=True, kw_only=True)
class ContextNetworkConfig:
    """Shape of the two streams."""

    dimensions: int = 3
    channels: int = 1
    """Of one view."""
    view: tuple[int, ...] = (24, 24, 24)
    """Samples per axis of a view."""
    widths: tuple[int, ...] = (16, 32, 64)
    outputs: int = 1
    """Classes that are told apart; 1 = true or not."""


class ContextNetwork(nn.Module):
    """views (N, 2 C, *V) -> logits (N,), or (N, K) of several classes."""

    def __init__(self, config: ContextNetworkConfig) -> None:
        super().__init__()
        self.channels, self.outputs = config.channels, config.outputs
        self.near, self.far = _stream(config), _stream(config)
        self.head = nn.Sequential(
            nn.Linear(4 * config.widths[-1], 32), nn.LeakyReLU(SLOPE), nn.Dropout(0.25), nn.Linear(32, config.outputs)
        )

    def forward(self, views: Tensor) -> Tensor:
        """Look twice, judge once."""
        seen = [_pooled(self.near(views[:, : self.channels])), _pooled(self.far(views[:, self.channels :]))]
        logits: Tensor = self.head(torch.cat(seen, dim=1))  # (N, K)
        return logits[:, 0] if self.outputs == 1 else logits


def _stream(config: ContextNetworkConfig) -> nn.Sequential:
    layers: list[nn.Module] = []
    features, size = config.channels, list(config.view)
    for at, width in enumerate(config.widths):
        layers += [
            CONVOLUTION[config.dimensions](features, width, 3, padding=1, bias=False),
            BATCH_NORM[config.dimensions](width),
            nn.LeakyReLU(SLOPE),
        ]
        pool = tuple(2 if n >= POOLED_FROM else 1 for n in size)
        if at + 1 < len(config.widths) and max(pool) > 1:
            layers.append(MAX_POOL[config.dimensions](pool))
            size = [n // p for n, p in zip(size, pool, strict=True)]
        features = width
    return nn.Sequential(*layers)


def _pooled(features: Tensor) -> Tensor:
    flat = features.flatten(2)  # (N, C, samples)
    return torch.cat([flat.mean(dim=2), flat.amax(dim=2)], dim=1)
