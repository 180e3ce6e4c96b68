"""Mask: which class each sample belongs to. A truth or an answer."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.grid import Grid
from isocenter.core.image import Image, held_image
from isocenter.core.record import Record

OBJECTS = ("object",)
"""The channel of an image of object numbers."""


class Mask(Record):
    """Integer labels (1, *S), or bool (K, *S) if regions overlap. names: K classes, background first.

    With overlapping regions the first name is still the background, and channel c stands for names[c + 1].
    """

    labels: Image
    names: tuple[str, ...]
    overlapping: bool = False
    objects: Image | None = None
    """Integer object numbers (1, *S), 0 = none, where the file numbers its objects."""

    @property
    def grid(self) -> Grid:
        """Where the labels lie."""
        return self.labels.grid

    def region(self, name: str) -> NDArray[np.bool_]:
        """Return the samples of one class, bool (*S)."""
        array = self.labels.array()
        index = self.names.index(name)
        return np.asarray(array[index - 1] > 0) if self.overlapping else np.asarray(array[0] == index)

    def numbered(self) -> "Mask":
        """Return the mask whose labels are its object numbers, as a file of objects has them; itself where it numbers none."""
        if self.objects is None:
            return self
        return replace(self, labels=replace(self.objects, channels=OBJECTS), objects=None)

    def __repr__(self) -> str:
        """Say classes, shape, spacing and orientation."""
        return f"Mask({', '.join(self.names)}; {self.labels!r})"


def held_mask(labels: NDArray[Any], grid: Grid, names: tuple[str, ...]) -> Mask:
    """Return a mask of integer labels (*S) in memory."""
    return Mask(labels=held_image(labels[None], grid, channels=("label",)), names=names)
