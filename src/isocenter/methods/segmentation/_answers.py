"""The answers the classical methods of segmentation give.

In:   per class, where it is and how probable.
Out:  a Mask of the target, and its probability map.
Not:  no thresholds are chosen here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import IsocenterError
from isocenter.core.grid import Grid
from isocenter.core.image import Image, held_image
from isocenter.core.mask import Mask
from isocenter.core.prediction import Prediction
from isocenter.core.study import Target
from isocenter.core.value import Value


class ClassMap:
    """Classes laid down one after the other, so that memory does not grow with classes × volume.

    A sample claimed by several classes goes to the most probable; where regions overlap, to all of them.
    """

    def __init__(self, target: Target, grid: Grid, *, keep_probability: bool) -> None:
        self._target = target
        self._grid = grid
        classes = len(target.classes)
        self._labels: NDArray[Any]
        if target.overlapping:
            self._labels = np.zeros((classes - 1, *grid.shape), bool)
        else:
            self._labels = np.zeros(grid.shape, np.uint8 if classes <= 256 else np.uint16)
        self._best = np.zeros(grid.shape, np.float32)
        self._all = np.zeros((classes, *grid.shape), np.float32) if keep_probability else None  # 0 = the background

    def lay(self, index: int, where: NDArray[np.bool_], probability: NDArray[np.float32]) -> None:
        """Claim samples for one class.

        index       : of the class, 1 … K - 1
        where       : (*S)
        probability : (*S), in [0, 1]
        """
        if self._target.overlapping:
            self._labels[index - 1] = where
        else:
            won = where & (probability >= self._best)
            self._labels[won] = index
            self._best[won] = probability[won]
        if self._all is not None:
            self._all[index] = probability

    @property
    def mask(self) -> Mask:
        """The answer so far: (1, *S) integers, or (K - 1, *S) bool where regions overlap."""
        names = self._target.classes
        if self._target.overlapping:
            labels = held_image(self._labels, self._grid, channels=names[1:])
        else:
            labels = held_image(self._labels[None], self._grid, channels=("label",))
        return Mask(labels=labels, names=names, overlapping=self._target.overlapping)

    @property
    def probability(self) -> Image | None:
        """(K, *S) in [0, 1], background first; None unless asked for."""
        if self._all is None:
            return None
        if self._target.overlapping:
            self._all[0] = 1.0 - self._all[1:].max(axis=0)
        else:
            total = self._all[1:].sum(axis=0)
            self._all[1:] /= np.maximum(total, 1.0)
            self._all[0] = 1.0 - np.minimum(total, 1.0)
        return held_image(self._all, self._grid, channels=self._target.classes)


def answer_each(cases: Iterable[Case], answer: Callable[[Case], Mapping[str, ClassMap]]) -> Iterator[Prediction]:
    """Yield a prediction a case. A case that cannot be answered is refused with the reason; the stream goes on."""
    for case in cases:
        try:
            maps = answer(case)
        except IsocenterError as error:
            yield Prediction(case=case.key, answers={}, refused=str(error))
            continue
        extras: dict[str, Value] = {}
        for name, filled in maps.items():
            if (probability := filled.probability) is not None:
                extras[f"{name}:probability"] = probability
        yield Prediction(case=case.key, answers={name: filled.mask for name, filled in maps.items()}, extras=extras)
