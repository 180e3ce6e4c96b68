"""Places and boxes between the world and the samples a network sees.

In:   a prepared case, world coordinates or prepared samples.
Out:  the other. Sizes of boxes are those of the boxes around them where the axes are turned.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.points import Points
from isocenter.learning.preparation import Prepared


def in_samples(places: NDArray[np.floating], prepared: Prepared) -> NDArray[np.float64]:
    """Return where world places (N, d) lie in the prepared samples."""
    if not len(places):
        return np.zeros((0, prepared.grid.ndim))
    return np.asarray((prepared.grid.to_index(places) + 0.5) / _ratio(prepared) - 0.5)


def in_world(places: NDArray[np.integer] | NDArray[np.floating], prepared: Prepared) -> NDArray[np.float64]:
    """Return where prepared samples (N, d) lie in the world."""
    if not len(places):
        return np.zeros((0, prepared.grid.ndim))
    return np.asarray(prepared.grid.to_world((places + 0.5) * _ratio(prepared) - 0.5), float)


def sides_in_samples(points: Points, prepared: Prepared) -> NDArray[np.float64]:
    """Return the full sizes of boxes (N, d) in prepared samples. ValueError for points without extent."""
    if points.extent is None:
        raise ValueError("expected boxes, got points without extent")
    grid = prepared.grid
    along = np.abs(grid.matrix[: grid.ndim, : grid.ndim] / np.asarray(grid.spacing))  # world axes by index axes
    return np.asarray(points.extent @ along / (np.asarray(grid.spacing) * _ratio(prepared)))


def sides_in_world(sides: NDArray[np.floating], prepared: Prepared) -> NDArray[np.float64]:
    """Return the full sizes of boxes (N, d), given in prepared samples, along the world's axes."""
    grid = prepared.grid
    along = np.abs(grid.matrix[: grid.ndim, : grid.ndim] / np.asarray(grid.spacing))
    own = np.asarray(sides, float) * np.asarray(grid.spacing) * _ratio(prepared)
    return np.asarray(np.einsum("ni,wi->nw", own, along), float)


def _ratio(prepared: Prepared) -> NDArray[np.float64]:
    """The case's own samples per prepared one."""
    return np.asarray(np.divide(prepared.grid.shape, prepared.image.shape[1:]), float)
