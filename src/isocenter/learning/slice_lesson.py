"""Lessons for slice classifiers: slices of volumes, half of them near a wall of some structure, and how much each is filled.

In:   volumes and, along each axis, how much of each slice each structure fills.
Out:  a Lesson for the gradient learner; slices with their neighbors.
Not:  no network (slice_network.py), no walls (slice_runs.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from isocenter.core.record import Record
from isocenter.learning.augmentation.pipeline import Augmenter
from isocenter.learning.slice_network import AXES

NEAR = 3
"""Slices around a wall that are drawn more often: where a structure ends is what has to be learned."""
NEAR_SHARE = 0.5


class Sliced(Record):
    """One case to learn from."""

    image: NDArray[np.float32]
    """(C, *S)"""
    filled: tuple[NDArray[np.float32], ...]
    """Of each axis (S_axis, K), in [0, 1]."""


def slices_across(image: NDArray[np.float32], axis: int, index: Sequence[int], *, neighbors: int) -> NDArray[np.float32]:
    """Return slices with `neighbors` on either side as channels, (N, C * (2 neighbors + 1), *rest).

    image : (C, *S); at its border the outermost slice stands in for those beyond
    """
    last = image.shape[axis + 1] - 1
    rows = np.clip(np.asarray(index)[:, None] + np.arange(-neighbors, neighbors + 1), 0, last)  # (N, M)
    moved = np.moveaxis(image, axis + 1, 0)[rows]  # (N, M, C, *rest)
    return np.ascontiguousarray(moved.reshape(len(rows), -1, *moved.shape[3:]))


def framed_slices(slices: NDArray[np.float32], frame: Sequence[int], start: Sequence[int] | None = None) -> NDArray[np.float32]:
    """Return slices (N, C, *rest) in a frame no smaller than they are, the least intensity around them.

    start : where they begin in it; None = in its middle
    """
    room = [max(0, n - have) for n, have in zip(frame, slices.shape[2:], strict=True)]
    before = [r // 2 for r in room] if start is None else list(start)
    around = [(b, r - b) for b, r in zip(before, room, strict=True)]
    return slices if not any(room) else np.pad(slices, [(0, 0), (0, 0), *around], constant_values=float(slices.min()))


class SliceLesson:
    """See Lesson in gradient_learner.py."""

    def __init__(
        self,
        cases: Sequence[Sliced],
        *,
        frame: Sequence[int],
        neighbors: int,
        batch: int,
        augment: Augmenter,
        generator: np.random.Generator,
    ) -> None:
        """Take cases in.

        frame : samples per axis that all cases fit in
        batch : slices a step, of each axis
        """
        self.cases, self.frame, self.neighbors, self.batch, self.augment = cases, tuple(frame), neighbors, batch, augment
        self._generator = generator
        self._near = [[near_walls(case.filled[axis]) for axis in range(AXES)] for case in cases]

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the binary cross-entropy of a batch, the mean over axes, slices and structures."""
        drawn = [self._drawn(axis) for axis in range(AXES)]
        answers = network([place(slices) for slices, _ in drawn])
        losses = [
            functional.binary_cross_entropy_with_logits(answer.float(), place(truth))
            for answer, (_, truth) in zip(answers, drawn, strict=True)
        ]
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

    def _drawn(self, axis: int) -> tuple[Tensor, Tensor]:
        """Return slices across an axis (N, C, *S), moved in their frame and changed, and how much each is filled (N, K)."""
        frame = [n for a, n in enumerate(self.frame) if a != axis]
        slices, truths = [], []
        for _ in range(self.batch):
            which = int(self._generator.integers(len(self.cases)))
            case, near = self.cases[which], self._near[which][axis]
            wanted = len(near) and self._generator.random() < NEAR_SHARE
            index = int(self._generator.choice(near)) if wanted else int(self._generator.integers(case.image.shape[axis + 1]))
            one = slices_across(case.image, axis, [index], neighbors=self.neighbors)
            start = [int(self._generator.integers(n - have + 1)) for n, have in zip(frame, one.shape[2:], strict=True)]
            slices.append(framed_slices(one, frame, start)[0])
            truths.append(case.filled[axis][index])
        image = torch.from_numpy(np.stack(slices))
        nothing = torch.zeros((len(slices), 1, *image.shape[2:]))  # the augmentation changes masks too; a slice has none
        return self.augment(image, nothing)[0], torch.from_numpy(np.stack(truths))


def near_walls(filled: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the slices within NEAR of a wall of any structure, (M,); none for a case without walls.

    filled : (count, K)
    """
    steps = np.flatnonzero((np.abs(np.diff(filled, axis=0)) > 0).any(axis=1))
    around = steps[:, None] + np.arange(1 - NEAR, NEAR + 1)
    return np.unique(np.clip(around, 0, len(filled) - 1)) if len(steps) else np.zeros(0, np.intp)
