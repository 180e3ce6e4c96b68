"""Scores return to the image's own samples: linear interpolation, row by row, the best class kept.

In:   slabs of a sliding prediction on the network's grid.
Out:  class indices uint8 (*T) or probabilities uint8 (K, *T) over the same extent.
Not:  no rotation or shift; the two grids share their outer borders.

Never more than two planes of scores are held beside the slab, however many classes there are.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.learning.inference.sliding_window import Slab


class GridReceiver:
    """Interpolates scores to another number of samples, and writes classes, probabilities or both.

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
        self._held: Tensor | None = None  # (K, *plane) the row before the slab
        self._fits = [linear_fit(i, o) for i, o in zip(self.size, self.shape, strict=True)]
        self._next = 0  # first row of the output not yet written

    def __call__(self, slab: Slab) -> None:
        """Write every output row whose neighbors have arrived."""
        axis, n_in, n_out = slab.axis, self.size[slab.axis], self.shape[slab.axis]
        end = slab.first + slab.rows
        while self._next < n_out:
            at = source_position(self._next, n_in, n_out)
            low = min(int(at), n_in - 1)
            high = min(low + 1, n_in - 1)
            if high >= end:
                break
            self._write(axis, self._next, self._row(slab, low), self._row(slab, high), at - low)
            self._next += 1
        self._held = slab.scores[:, -1].clone()

    def _row(self, slab: Slab, row: int) -> Tensor:
        """(K, *plane) of one row of the network's grid: of this slab, or the one held."""
        return slab.scores[:, row - slab.first] if row >= slab.first or self._held is None else self._held

    def _write(self, axis: int, row: int, low: Tensor, high: Tensor, share: float) -> None:
        where = (slice(None),) * axis + (row,)
        fits = [fit for a, fit in enumerate(self._fits) if a != axis]
        best: Tensor | None = None
        winner: Tensor | None = None
        stack: list[Tensor] = []
        for k in range(low.shape[0]):
            scores = low[k] if share == 0 else torch.lerp(low[k], high[k], share)  # (*plane)
            for position, fit in enumerate(fits):
                scores = _interpolated(scores, position, fit)
            if self.probabilities is not None:
                stack.append(scores)
            if self.labels is None:
                continue
            if self.overlapping:
                self.labels[(k, *where)] = (scores > 0).numpy()
            elif best is None or winner is None:
                best, winner = scores.clone(), torch.zeros(scores.shape, dtype=torch.uint8)
            else:
                higher = scores > best
                winner.masked_fill_(higher, k)
                torch.maximum(best, scores, out=best)
        if winner is not None and self.labels is not None:
            self.labels[where] = winner.numpy()
        if self.probabilities is not None:
            scores = torch.stack(stack)  # (K, *plane)
            probability = scores.sigmoid() if self.overlapping else scores.softmax(dim=0)
            self.probabilities[(slice(None), *where)] = probability.mul_(255).round_().to(torch.uint8).numpy()


def source_position(row: int, n_in: int, n_out: int) -> float:
    """Return where an output sample lies among the input's, borders shared; clamped to the outermost centers."""
    return min(max((row + 0.5) * n_in / n_out - 0.5, 0.0), n_in - 1.0)


def linear_fit(n_in: int, n_out: int) -> tuple[Tensor, Tensor, Tensor] | None:
    """Return for each output sample the two input samples around it and the share of the second; None if nothing changes."""
    if n_in == n_out:
        return None
    at = ((torch.arange(n_out, dtype=torch.float64) + 0.5) * n_in / n_out - 0.5).clamp(0, n_in - 1)
    low = at.floor().long()
    return low, (low + 1).clamp(max=n_in - 1), (at - low).float()


def _interpolated(plane: Tensor, axis: int, fit: tuple[Tensor, Tensor, Tensor] | None) -> Tensor:
    if fit is None:
        return plane
    low, high, share = fit
    weight = share.view([-1 if a == axis else 1 for a in range(plane.ndim)])
    return torch.lerp(plane.index_select(axis, low), plane.index_select(axis, high), weight)
