"""A network that says what must be added to its input.

In:   a network (N, C, *S) -> (N, K, *S); pairs, from which the way from the input's scale to the target's is fitted.
Out:  the input on the target's scale, plus the network's answer in units of what is left.

Both are on scales of their own (the input normalized, the target in [-1, 1]); a network that had to learn the way between them
would spend its first hundred steps on it.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

SAMPLES = 20_000
"""Drawn from each pair, at most."""


class Shortcut(nn.Module):
    """Begins as the input itself."""

    left: Tensor
    """Standard deviation of what the input lacks, on the target's scale."""

    def __init__(self, network: nn.Module, channels: int, outputs: int, *, dimensions: int) -> None:
        """Wrap a network; dimensions = 2 or 3. Until `fit`, the scales are taken to be alike."""
        super().__init__()
        self.network = network
        convolution = nn.Conv3d if dimensions == 3 else nn.Conv2d
        self.scale = convolution(channels, outputs, 1)
        self.register_buffer("left", torch.ones(()))
        self._set(np.vstack([np.full((channels, outputs), 1.0 / channels), np.zeros((1, outputs))]))

    def fit(self, sources: Sequence[NDArray[np.float32]], targets: Sequence[NDArray[np.float32]]) -> None:
        """Fit factors and offset by least squares to pairs of (C, *S) and (K, *S)."""
        rng = np.random.default_rng(0)
        rows, wanted = [], []
        for source, target in zip(sources, targets, strict=True):
            places = rng.integers(0, source[0].size, min(source[0].size, SAMPLES))
            rows.append(np.vstack([source.reshape(len(source), -1)[:, places], np.ones((1, places.size))]).T)
            wanted.append(target.reshape(len(target), -1)[:, places].T)
        x, y = np.vstack(rows).astype(float), np.vstack(wanted).astype(float)
        solved = np.linalg.lstsq(x, y, rcond=None)[0]
        self._set(solved)
        self.left.fill_(max(float(np.std(y - x @ solved)), 1e-6))

    def forward(self, source: Tensor) -> Tensor:
        """Return the image."""
        answer: Tensor = self.scale(source) + self.left * self.network(source)
        return answer

    def _set(self, solved: NDArray[np.float64]) -> None:
        """Take factors and offset, (C + 1, K)."""
        with torch.no_grad():
            self.scale.weight.copy_(torch.from_numpy(solved[:-1].T.copy()).reshape(self.scale.weight.shape))
            self.scale.bias.copy_(torch.from_numpy(solved[-1].copy()))  # type: ignore[union-attr]
