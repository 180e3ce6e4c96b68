"""Lessons on objects that were found: of each class as many, each with its near and its wider surroundings.

In:   volumes with places and the class of each.
Out:  a Lesson for the gradient learner.
Not:  no finding of objects, no network (context_network.py), no views (candidate_lesson.py).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from isocenter.core.record import Record
from isocenter.learning.candidate_lesson import TwoScales, drawn_view, stacked_views


class ObjectTable(Record):
    """Places to learn from."""

    case: NDArray[np.intp]
    """(N,) which volume."""
    index: NDArray[np.float64]
    """(N, d) in samples."""
    kind: NDArray[np.intp]
    """(N,) class."""


class ObjectLesson:
    """See Lesson in gradient_learner.py."""

    def __init__(
        self,
        volumes: Sequence[TwoScales],
        table: ObjectTable,
        *,
        view: Sequence[int],
        batch: int,
        mirror_axes: Sequence[int],
        generator: np.random.Generator,
    ) -> None:
        """Hold what is drawn from.

        view : samples per axis, of both views
        """
        self.volumes, self.table, self.view, self.batch, self.mirror_axes = volumes, table, tuple(view), batch, tuple(mirror_axes)
        self._generator = generator
        self._of_class = [np.flatnonzero(table.kind == kind) for kind in np.unique(table.kind)]

    def loss(self, network: Callable[..., Any], place: Callable[[Tensor], Tensor]) -> Tensor:
        """Return the cross-entropy of a batch; every class that there is comes equally often."""
        order = self._generator.permutation(len(self._of_class))  # a batch that does not divide gives each class its turn
        chosen = [int(self._generator.choice(self._of_class[order[n % len(order)]])) for n in range(self.batch)]
        views = stacked_views([self._drawn(at) for at in chosen], self.view)
        logits = network(place(torch.from_numpy(views)))  # (N, K)
        return functional.cross_entropy(logits.float(), place(torch.from_numpy(self.table.kind[chosen])))

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
