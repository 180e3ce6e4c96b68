"""Distance from some samples to the nearest of others.

In:   bool arrays (*S) on one grid, spacing.
Out:  distances in units of the spacing; the box that holds what is filled.
Not:  no surfaces (surface_distance.py), no edges (edge_distance.py).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt
from scipy.spatial import cKDTree

_MAP_SAMPLES = 1 << 24
"""Above, distances come from a search tree: the distance map of a whole CT would need gigabytes."""


def nearest_distances(start: NDArray[np.bool_], end: NDArray[np.bool_], spacing: Sequence[float]) -> NDArray[np.float64]:
    """Return the distance from every sample of `start` to the nearest of `end`, in the order of np.nonzero.

    start, end : bool (*S)
    return     : (count of start,); inf when `end` is empty
    """
    if not end.any():
        return np.full(int(np.count_nonzero(start)), np.inf)
    if end.size <= _MAP_SAMPLES:
        return np.asarray(distance_transform_edt(~end, sampling=spacing)[start], np.float64)
    scale = np.asarray(spacing, float)
    apart = ~end[start]  # what both share is at distance 0
    found = np.zeros(apart.size)
    if apart.any():
        found[apart] = cKDTree(np.argwhere(end) * scale).query(np.argwhere(start)[apart] * scale)[0]
    return found


def bounding_box(*masks: NDArray[np.bool_]) -> tuple[slice, ...] | None:
    """Return the smallest box that holds every filled sample of the masks (*S); None when all are empty."""
    box = []
    for axis in range(masks[0].ndim):
        others = tuple(a for a in range(masks[0].ndim) if a != axis)
        used = np.flatnonzero(np.logical_or.reduce([mask.any(axis=others) for mask in masks]))
        if used.size == 0:
            return None
        box.append(slice(int(used[0]), int(used[-1]) + 1))
    return tuple(box)
