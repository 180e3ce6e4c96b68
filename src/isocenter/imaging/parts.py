"""The connected parts of a mask, and the boxes around them.

In:   bool (*S).
Out:  numbers 1 … N, 0 = none; middles and sizes of boxes in the world.
Not:  nothing that touches is split (watershed.py).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.grid import Grid


def parts_of(mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return the number of each sample's part; samples that touch by a corner are of one."""
    return np.asarray(ndimage.label(mask, np.ones((3,) * mask.ndim))[0], np.int32)


def part_boxes(parts: NDArray[Any], grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return middle and full size (N, d) of the box around each part, in the world; around its corners where axes are turned."""
    d = grid.ndim
    windows = [window for window in ndimage.find_objects(parts) if window is not None]
    low = np.array([[part.start - 0.5 for part in window] for window in windows], float).reshape(-1, d)
    high = np.array([[part.stop - 0.5 for part in window] for window in windows], float).reshape(-1, d)
    turned = np.abs(grid.matrix[:d, :d])
    middle = grid.to_world((low + high) / 2) if len(windows) else np.zeros((0, d))
    return np.asarray(middle, float), np.asarray((high - low) @ turned.T, float)
