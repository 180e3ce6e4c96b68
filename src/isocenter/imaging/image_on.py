"""An image on the samples of another: what is answered on one grid is measured on the truth's.

In:   an image, a grid of the same world.
Out:  the image there, by cubic splines, read only when asked; NaN outside of what it shows.
Not:  no labels (resample.py, order 0), no registration.
"""

from functools import partial

import numpy as np
from numpy.typing import NDArray

from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.imaging.resample import to_grid


def image_on(image: Image, grid: Grid) -> Image:
    """Return the image on a grid; itself where it lies there already, has times, or shows another world."""
    apart = grid.world != image.grid.world or grid.ndim != image.grid.ndim or image.grid.times_s
    if apart or image.grid.same_as(grid):
        return image
    return Image(grid=grid, unit=image.unit, channels=image.channels, load=partial(_moved, image, grid), note=image.note)


def _moved(image: Image, grid: Grid) -> NDArray[np.float32]:
    return np.asarray(to_grid(image.array(), image.grid, grid, order=3, fill=float("nan")), np.float32)
