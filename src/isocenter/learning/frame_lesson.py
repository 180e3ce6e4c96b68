"""Lessons for frame classifiers: whole series, and a bump over time around each event.

In:   series and the frame of every event.
Out:  a Lesson for the gradient learner; frames with their neighbors.
Not:  no network (frame_network.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.core.record import Record
from isocenter.learning.augmentation.pipeline import Augmenter


class Timed(Record):
    """One series to learn from."""

    frames: NDArray[np.float32]
    """(T, C, X, Y)"""
    events: NDArray[np.float64]
    """(K,), the frame of each event, from 0; NaN = not known."""


def with_neighbors(frames: Tensor, neighbors: int, *, cyclic: bool) -> Tensor:
    """Return frames (T, C, X, Y) with `neighbors` on either side as channels, (T, C * (2 neighbors + 1), X, Y)."""
    count = len(frames)
    at = torch.arange(count)[:, None] + torch.arange(-neighbors, neighbors + 1)  # (T, M)
    at = at % count if cyclic else at.clamp(0, count - 1)
    return frames[at].flatten(1, 2)


def bump(event: float, count: int, *, spread: float, cyclic: bool) -> NDArray[np.float32]:
    """Return a Gaussian around a frame as shares of `count` frames that sum to 1, (T,); spread in frames."""
    away = np.abs(np.arange(count) - event)
    if cyclic:
        away = np.minimum(away, count - away)
    height = np.exp(-0.5 * (away / spread) ** 2)
    return np.asarray(height / height.sum(), np.float32)


class FrameLesson:
    """See Lesson in gradient_learner.py."""

    def __init__(
        self,
        cases: Sequence[Timed],
        *,
        neighbors: int,
        cyclic: bool,
        spread: float,
        batch: int,
        augment: Augmenter,
        generator: np.random.Generator,
    ) -> None:
        """Take cases in; batch: series a step."""
        self.cases, self.neighbors, self.cyclic, self.spread, self.batch = cases, neighbors, cyclic, spread, batch
        self.augment, self._generator = augment, generator

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the cross-entropy over time of a batch, the mean over series and events that are known."""
        drawn = [self.cases[int(i)] for i in self._generator.integers(len(self.cases), size=self.batch)]
        shown = [with_neighbors(self._changed(case.frames), self.neighbors, cyclic=self.cyclic) for case in drawn]
        answers = network(place(torch.cat(shown)), [len(case.frames) for case in drawn])
        losses = []
        for case, answer in zip(drawn, answers, strict=True):
            sure = answer.float().log_softmax(dim=0)  # (T, K)
            for event in np.flatnonzero(np.isfinite(case.events)):
                wanted = bump(float(case.events[event]), len(case.frames), spread=self.spread, cyclic=self.cyclic)
                losses.append(-(place(torch.from_numpy(wanted)) * sure[:, event]).sum())
        return torch.stack(losses).mean()

    def learned(self, loss: float) -> None:
        """Learn nothing."""

    def state(self) -> Mapping[str, Any]:
        """Return generator and augmentation."""
        return {"generator": self._generator.bit_generator.state, "augmentation": dict(self.augment.state())}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up where `state` was."""
        self._generator.bit_generator.state = state["generator"]
        self.augment.restore(state["augmentation"])

    def _changed(self, frames: NDArray[np.float32]) -> Tensor:
        """Return the frames of a series, all changed alike: its times are channels of one sample."""
        whole = torch.from_numpy(frames)
        together = whole.flatten(0, 1).unsqueeze(0)  # (1, T * C, X, Y)
        nothing = torch.zeros((1, 1, *whole.shape[2:]))
        return self.augment(together, nothing)[0].reshape(whole.shape)
