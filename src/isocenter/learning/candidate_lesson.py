"""Lessons on candidates: as many true as false, each with its near and its wider surroundings.

In:   volumes with candidates and whether each is true.
Out:  a Lesson for the gradient learner; views of places.
Not:  no finding of candidates, no network (context_network.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from isocenter.core.record import Record
from isocenter.imaging.resample import average_to
from isocenter.learning.places import cut

JITTER = 2
"""Samples by which a view is moved at random."""


class TwoScales(Record):
    """One case as it is, and coarser."""

    fine: NDArray[np.float32]
    """(C, *S)"""
    coarse: NDArray[np.float32]
    """(C, *S / wider)"""
    ratio: tuple[float, ...]
    """Fine samples per coarse one, per axis."""


def two_scales(image: NDArray[np.float32], *, wider: int) -> TwoScales:
    """Return an image (C, *S) and its means over `wider` samples per axis; axes of one sample stay."""
    shape = tuple(max(1, round(n / wider)) if n > 1 else 1 for n in image.shape[1:])
    ratio = tuple(n / m for n, m in zip(image.shape[1:], shape, strict=True))
    return TwoScales(fine=image, coarse=average_to(image, shape), ratio=ratio)


def view_of(scales: TwoScales, index: Sequence[float], view: Sequence[int]) -> NDArray[np.float32]:
    """Return both views of a place, (2 C, *view): what lies outside of the image is 0.

    index : of the place in fine samples
    view  : samples per axis, of both
    """
    near = [round(float(i)) - v // 2 for i, v in zip(index, view, strict=True)]
    far = [round((float(i) + 0.5) / r - 0.5) - v // 2 for i, r, v in zip(index, scales.ratio, view, strict=True)]
    return np.concatenate([cut(scales.fine, near, view), cut(scales.coarse, far, view)]).astype(np.float32, copy=False)


def drawn_view(
    scales: TwoScales,
    index: NDArray[np.float64],
    view: Sequence[int],
    *,
    mirror_axes: Sequence[int],
    generator: np.random.Generator,
) -> NDArray[np.float32]:
    """Return both views of a place, (2 C, *view), moved by at most JITTER samples and mirrored at random."""
    moved = generator.integers(-JITTER, JITTER, size=len(view), endpoint=True)
    places = index + np.where(np.asarray(view) > 1, moved, 0)
    views = view_of(scales, [float(i) for i in places], view)
    flips = tuple(axis + 1 for axis in mirror_axes if generator.random() < 0.5)
    return np.ascontiguousarray(np.flip(views, flips)) if flips else views


def stacked_views(views: Sequence[NDArray[np.float32]], view: Sequence[int]) -> NDArray[np.float32]:
    """Return views as a batch, (N, 2 C, *S), without the axes of one sample."""
    batch = np.stack(views)
    for axis in [a for a, n in enumerate(view) if n == 1][::-1]:
        batch = np.take(batch, 0, axis=axis + 2)
    return batch


class CandidateTable(Record):
    """Candidates to learn from."""

    case: NDArray[np.intp]
    """(N,) which volume."""
    index: NDArray[np.float64]
    """(N, d) in samples."""
    true: NDArray[np.bool_]
    """(N,)"""


class CandidateLesson:
    """See Lesson in gradient_learner.py."""

    def __init__(
        self,
        volumes: Sequence[TwoScales],
        table: CandidateTable,
        *,
        view: Sequence[int],
        batch: int,
        mirror_axes: Sequence[int],
        generator: np.random.Generator,
    ) -> None:
        self.volumes, self.table, self.view, self.batch, self.mirror_axes = volumes, table, tuple(view), batch, tuple(mirror_axes)
        self._generator = generator
        self._true, self._false = np.flatnonzero(table.true), np.flatnonzero(~table.true)

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the binary cross-entropy of a batch, half of it true."""
        half = self.batch // 2
        chosen = [*self._generator.choice(self._true, half), *self._generator.choice(self._false, self.batch - half)]
        views = stacked_views([self._drawn(int(i)) for i in chosen], self.view)
        truth = torch.from_numpy(self.table.true[chosen].astype(np.float32))
        logits = network(place(torch.from_numpy(views)))
        return functional.binary_cross_entropy_with_logits(logits.float(), place(truth))

    def learned(self, loss: float) -> None:
        """Learn nothing."""

    def state(self) -> Mapping[str, Any]:
        """Return the generator."""
        return {"generator": self._generator.bit_generator.state}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a generator."""
        self._generator.bit_generator.state = state["generator"]

    def _drawn(self, at: int) -> NDArray[np.float32]:
        scales = self.volumes[int(self.table.case[at])]
        return drawn_view(scales, self.table.index[at], self.view, mirror_axes=self.mirror_axes, generator=self._generator)
