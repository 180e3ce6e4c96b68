"""Frame classifier: a network that says at which time of a series an event is, such as the end of diastole.

In:   frames of one or several series (T, C, *S).
Out:  a score of every frame for every event; within a series the highest is the answer.
Not:  no frames read (methods/frame_localization), no loss (frame_lesson.py).

Reference: Kong et al., MICCAI 2016, LNCS 9902:264-272 (a network of each frame, then one along time).
Differs:   convolutions along time in place of a recurrent network, that run around where a series covers one cycle.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from isocenter.core.errors import PlanError
from isocenter.learning.slice_network import SliceClassifier, SliceNetworkConfig

REACH = 2
"""Frames on either side that one convolution along time sees."""


@dataclass(frozen=True, kw_only=True)
class FrameNetworkConfig:
    """Shape of the network."""

    in_channels: int = 1
    """Channels of a frame, its neighbors' included."""
    events: int = 2
    widths: tuple[int, ...] = (16, 32, 64)
    """Feature channels per level of a frame, finest first."""
    features: int = 32
    """Of a frame, that the convolutions along time see and make."""
    cyclic: bool = True
    """The last frame is followed by the first."""
    dropout: float = 0.1

    def __post_init__(self) -> None:
        """PlanError when the numbers make no network."""
        if self.events < 1 or self.features < 1:
            raise PlanError(f"expected an event and a feature or more, got {self.events} and {self.features}.")


class FrameNetwork(nn.Module):
    """frames (M, C, *S) of series one after another, and their lengths -> one tensor (T, K) a series."""

    def __init__(self, config: FrameNetworkConfig) -> None:
        super().__init__()
        c = config
        self.cyclic = c.cyclic
        shape = SliceNetworkConfig(in_channels=c.in_channels, structures=c.features, widths=c.widths, dropout=c.dropout)
        self.frame = SliceClassifier(shape)
        self.first = nn.Conv1d(c.features, c.features, 2 * REACH + 1)
        self.second = nn.Conv1d(c.features, c.features, 2 * REACH + 1)
        self.last = nn.Conv1d(c.features, c.events, 1)

    def forward(self, frames: Tensor, lengths: Sequence[int]) -> list[Tensor]:
        """Return scores; see the class."""
        each = self.frame(frames)  # (M, F)
        return [self._along(series) for series in each.split(list(lengths))]

    def _along(self, series: Tensor) -> Tensor:
        """(T, F) -> (T, K)"""
        x = series.T.unsqueeze(0)  # (1, F, T)
        x = functional.relu(self.first(self._reached(x)))
        x = x + functional.relu(self.second(self._reached(x)))
        scores: Tensor = self.last(x)  # (1, K, T)
        return scores.squeeze(0).T

    def _reached(self, x: Tensor) -> Tensor:
        """Return the series with REACH frames more at both ends: those of the other end, or the outermost again."""
        if not self.cyclic:
            return functional.pad(x, (REACH, REACH), mode="replicate")
        at = torch.arange(-REACH, x.shape[2] + REACH, device=x.device) % x.shape[2]
        return x[:, :, at]
