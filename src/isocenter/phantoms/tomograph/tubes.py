"""Tubes into a box of voxels: vessels, bronchi, collar bones.

In:   segments (two ends in mm) and radii.
Out:  occupancy in [0, 1], added to an array in place.
Not:  no trees (thorax/tree.py), no HU.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.tomograph.box import Array, Box

Point = NDArray[np.float64]


class Segment(Record):
    """A straight tube with round ends."""

    start: Point
    end: Point
    radius_mm: float


def paint_tubes(box: Box, occupancy: Array, segments: Iterable[Segment]) -> None:
    """Add tubes to an occupancy (X, Y, Z) in place; a tube thinner than a voxel fills its share of the voxel."""
    step = float(np.prod(box.spacing_mm)) ** (1 / 3)
    axes = [box.centers(axis) for axis in range(3)]
    for segment in segments:
        reach = segment.radius_mm + step
        window = box.window(np.minimum(segment.start, segment.end) - reach, np.maximum(segment.start, segment.end) + reach)
        if window is None:
            continue
        distance = np.sqrt(_squared_distance([axis[part] for axis, part in zip(axes, window, strict=True)], segment))
        wide = max(segment.radius_mm**2 - step**2 / 12, step**2 / 4) ** 0.5  # a border one voxel soft adds step²/12 to the square
        full = min(1.0, 3 * (segment.radius_mm / step) ** 2)
        own = np.float32(full) * np.clip((np.float32(wide) - distance) / np.float32(step) + np.float32(0.5), 0, 1)
        np.maximum(occupancy[window], own, out=occupancy[window])


def _squared_distance(axes: list[Array], segment: Segment) -> Array:
    """Return the squared distance of every voxel of a window from the segment, mm²."""
    along = np.asarray(segment.end - segment.start, np.float32)
    square = np.float32(max(float(along @ along), 1e-9))
    x, y, z = (axis - np.float32(start) for axis, start in zip(axes, segment.start, strict=True))
    x, y, z = x[:, None, None], y[None, :, None], z[None, None, :]
    share = np.clip((x * along[0] + y * along[1] + z * along[2]) / square, 0, 1)
    squared: Array = (x - share * along[0]) ** 2 + (y - share * along[1]) ** 2 + (z - share * along[2]) ** 2
    return squared
