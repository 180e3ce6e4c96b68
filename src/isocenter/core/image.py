"""Image: samples on a grid, read only when asked.

In:   a grid, a unit, and a function that loads.
Out:  arrays (C, X, Y[, Z][, T]); X is the column of a picture.
Not:  no file formats (io), no drawing (figures).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError
from isocenter.core.grid import Grid
from isocenter.core.record import Record

SYNTHETIC = "synthetic image, not for diagnosis"
"""Note of every image that a model made."""
LABELS = "labels"
"""Unit of a picture of classes: a channel each, 0 or 1; no intensities."""


class Image(Record):
    """(C, X, Y[, Z][, T]) on a grid. LAZY: `load` reads (or memory-maps) it each time it is called."""

    grid: Grid
    unit: str
    """"HU" for calibrated CT, "1" when the numbers mean nothing by themselves."""
    channels: tuple[str, ...]
    load: Callable[[], NDArray[Any]]
    """A picklable partial made by io (or `Held` for an array in memory)."""
    note: str = ""
    """What whoever sees the image must know; written into every file made of it, and shown beside it."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the array `array()` returns: (C, *S[, T])."""
        times = (len(self.grid.times_s),) if self.grid.times_s else ()
        return (len(self.channels), *self.grid.shape, *times)

    def array(self) -> NDArray[Any]:
        """Load the samples. GeometryError when the file no longer holds what its header promised."""
        samples = self.load()
        if samples.shape != self.shape:
            raise GeometryError(f"expected an array of shape {self.shape}, got {samples.shape}: the file changed or is damaged.")
        return samples

    def __repr__(self) -> str:
        """Say shape, spacing, orientation, unit and memory (as float32)."""
        spacing = " × ".join(f"{s:.4g}" for s in self.grid.spacing)
        megabytes = np.prod(self.shape, dtype=float) * 4 / 1e6
        return (
            f"Image({' × '.join(map(str, self.shape))}; spacing {spacing} {self.grid.unit}; {self.grid.orientation}; "
            f"unit {self.unit}; channels {', '.join(self.channels)}; {megabytes:.1f} MB)"
        )


class Held:
    """The loader of an image that lies in memory."""

    def __init__(self, samples: NDArray[Any]) -> None:
        self.samples = samples

    def __call__(self) -> NDArray[Any]:
        """Return the samples."""
        return self.samples


def held_image(
    samples: NDArray[Any], grid: Grid, *, unit: str = "1", channels: tuple[str, ...] | None = None, note: str = ""
) -> Image:
    """Return an image of an array (C, *S[, T]) in memory."""
    names = channels if channels is not None else tuple(str(c) for c in range(samples.shape[0]))
    return Image(grid=grid, unit=unit, channels=names, load=Held(samples), note=note)
