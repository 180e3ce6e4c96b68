"""Scores return to the image's own samples: linear interpolation, the best class kept.

In:   slabs of a sliding prediction on the network's grid.
Out:  class indices uint8 (*T) or probabilities uint8 (K, *T) over the same extent.
Not:  no rotation or shift; the two grids share their outer borders.

Labels need the interpolated scores of one class at a time, probabilities those of all classes in fewer rows: memory is bounded.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.learning.inference.sliding_window import Slab
from isocenter.learning.inference.to_labels import best_class

Fit = tuple[Tensor, Tensor, Tensor]
"""For each output sample along one axis: the input samples before and after it, and the share of the second."""
SAMPLES_AT_ONCE = 16_000_000
"""Scores interpolated at once: those of one class for labels, of all classes for probabilities."""


class GridReceiver:
    """Interpolates scores to another number of samples, and writes classes, probabilities or both.

    size          : (*S) of the network's grid
    shape         : (*T) of the output
    labels        : (*T) uint8, or (K, *T) for overlapping regions; None = not wanted
    probabilities : (K, *T) uint8, probability times 255; None = not wanted
    """

    def __init__(
        self,
        size: Sequence[int],
        shape: Sequence[int],
        *,
        labels: NDArray[Any] | None = None,
        probabilities: NDArray[np.uint8] | None = None,
        overlapping: bool = False,
    ) -> None:
        self.size, self.shape = tuple(size), tuple(shape)
        self.labels, self.probabilities, self.overlapping = labels, probabilities, overlapping
        self._fits = [linear_fit(i, o) for i, o in zip(self.size, self.shape, strict=True)]
        self._held: Tensor | None = None  # the last row before the slab
        self._next = 0  # first row of the output not yet written

    def __call__(self, slab: Slab) -> None:
        """Write every output row whose neighbors have arrived."""
        axis = slab.axis
        low, high, share = self._fits[axis]
        first = slab.first - (self._held is not None)
        last = slab.first + slab.rows
        ready = int((high < last).sum())  # ascending, so a count is a position
        plane = max(1, int(np.prod([n for a, n in enumerate(self.shape) if a != axis])))
        together = slab.scores.shape[0] if self.probabilities is not None or self.overlapping else 1
        at_once = max(1, SAMPLES_AT_ONCE // (plane * together))
        for begin in range(self._next, ready, at_once):
            rows = slice(begin, min(begin + at_once, ready))
            self._write(slab, rows, (low[rows] - first, high[rows] - first, share[rows]))
        self._next = max(self._next, ready)
        self._held = slab.scores.narrow(axis + 1, slab.rows - 1, 1).clone()

    def _write(self, slab: Slab, rows: slice, along: Fit) -> None:
        where = (*(slice(None),) * slab.axis, rows)
        fits = [along if a == slab.axis else fit for a, fit in enumerate(self._fits)]
        every = range(slab.scores.shape[0])
        if self.probabilities is None and not self.overlapping and self.labels is not None:
            self.labels[where] = best_class(self._interpolated(slab, k, fits) for k in every).numpy()
            return
        scores = torch.stack([self._interpolated(slab, k, fits) for k in every])  # (K, *rows of T)
        if self.labels is not None:
            if self.overlapping:
                self.labels[(slice(None), *where)] = (scores > 0).numpy()
            else:
                self.labels[where] = best_class(scores).numpy()
        if self.probabilities is not None:
            probability = scores.sigmoid() if self.overlapping else scores.softmax(dim=0)
            self.probabilities[(slice(None), *where)] = probability.mul_(255).round_().to(torch.uint8).numpy()

    def _interpolated(self, slab: Slab, k: int, fits: Sequence[Fit]) -> Tensor:
        """One class on the output's samples."""
        scores = slab.scores[k]
        if self._held is not None:
            scores = torch.cat([self._held[k], scores], dim=slab.axis)
        for axis, (low, high, share) in enumerate(fits):
            if scores.shape[axis] == len(low) and not share.any() and (low == torch.arange(len(low))).all():
                continue
            weight = share.view([-1 if a == axis else 1 for a in range(scores.ndim)])
            scores = torch.lerp(scores.index_select(axis, low), scores.index_select(axis, high), weight)
        return scores


def linear_fit(n_in: int, n_out: int) -> Fit:
    """Return which samples each output sample lies between, outer borders shared, clamped to the outermost centers."""
    at = ((torch.arange(n_out, dtype=torch.float64) + 0.5) * n_in / n_out - 0.5).clamp(0, n_in - 1)
    low = at.floor().long()
    share = (at - low).float()
    return low, torch.where(share > 0, (low + 1).clamp(max=n_in - 1), low), share
