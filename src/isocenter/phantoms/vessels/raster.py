"""Tubes and balls into voxels, with partial volume.

In:   center lines and radii in mm, a cube of voxels around the origin.
Out:  occupancy in [0, 1], (N, N, N); beside it, values carried along the lines.
Not:  no signal, no noise.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record

Array = NDArray[np.float32]


class Cube(Record):
    """A cube of N voxels a side, centered on the origin."""

    size: int
    voxel_mm: float

    @property
    def centers(self) -> NDArray[np.float64]:
        """Coordinates of voxel centers along one axis, (N,) mm."""
        return np.asarray((np.arange(self.size) + 0.5 - self.size / 2) * self.voxel_mm, np.float64)

    def window(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[slice, slice, slice] | None:
        """Return the voxels whose centers lie between two corners; None when there is none."""
        first = np.clip(np.floor(low / self.voxel_mm + self.size / 2 - 0.5).astype(int), 0, self.size)
        last = np.clip(np.ceil(high / self.voxel_mm + self.size / 2 + 0.5).astype(int), 0, self.size)
        if (last <= first).any():
            return None
        return slice(first[0], last[0]), slice(first[1], last[1]), slice(first[2], last[2])


def draw_tubes(
    cube: Cube, lines: Sequence[NDArray[np.float64]], radii: Sequence[NDArray[np.float64]], values: Sequence[NDArray[np.float64]]
) -> tuple[Array, Array]:
    """Rasterize tubes.

    lines  : (M, 3) mm each
    radii  : (M,) mm each
    values : (M,) each, carried along the line
    return : occupancy, and the value of the nearest tube where there is any occupancy (0 elsewhere)
    """
    shape = (cube.size,) * 3
    occupancy, carried = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for line, radius, value in zip(lines, radii, values, strict=True):
        for m in range(len(line) - 1):
            _draw_piece(cube, occupancy, carried, line[m : m + 2], radius[m : m + 2], value[m : m + 2])
    return occupancy, carried


def draw_ball(cube: Cube, occupancy: Array, center: NDArray[np.float64], radius: float) -> Array:
    """Add a ball to an occupancy in place; return the ball's own occupancy."""
    own = np.zeros_like(occupancy)
    box = cube.window(center - radius - cube.voxel_mm, center + radius + cube.voxel_mm)
    if box is not None:
        x, y, z = (cube.centers[s] for s in box)
        away = np.sqrt((x - center[0])[:, None, None] ** 2 + (y - center[1])[None, :, None] ** 2 + (z - center[2])[None, None] ** 2)
        own[box] = np.clip(0.5 - (away - radius) / cube.voxel_mm, 0, 1)
        occupancy[box] = np.maximum(occupancy[box], own[box])
    return own


def _draw_piece(
    cube: Cube, occupancy: Array, carried: Array, ends: NDArray[np.float64], radius: NDArray[np.float64], value: NDArray[np.float64]
) -> None:
    """Rasterize one straight piece with rounded ends, its radius changing evenly."""
    reach = float(radius.max()) + cube.voxel_mm
    box = cube.window(ends.min(0) - reach, ends.max(0) + reach)
    if box is None:
        return
    x, y, z = (cube.centers[s].astype(np.float32) for s in box)
    way = (ends[1] - ends[0]).astype(np.float32)
    long = max(float(way @ way), 1e-12)
    dx, dy, dz = x - np.float32(ends[0, 0]), y - np.float32(ends[0, 1]), z - np.float32(ends[0, 2])
    along = (dx * way[0])[:, None, None] + (dy * way[1])[None, :, None] + (dz * way[2])[None, None]
    t = np.clip(along / np.float32(long), 0, 1)
    square = (dx**2)[:, None, None] + (dy**2)[None, :, None] + (dz**2)[None, None]
    away = np.sqrt(np.maximum(square - 2 * t * along + t * t * np.float32(long), 0))
    wide = np.float32(radius[0]) + t * np.float32(radius[1] - radius[0])
    share = np.clip(0.5 - (away - wide) / np.float32(cube.voxel_mm), 0, 1) * _kept(wide / np.float32(cube.voxel_mm))
    nearer = share > occupancy[box]
    carried[box] = np.where(nearer, np.float32(value[0]) + t * np.float32(value[1] - value[0]), carried[box])
    occupancy[box] = np.maximum(occupancy[box], share)


def _kept(radius: Array) -> Array:
    """Return what the soft edge must be multiplied by, so that the cross-section's area is pi * radius² (radius in voxels).

    A ramp one voxel wide holds pi (r² + 1/12) when it starts outside the axis, and pi (r + 1/2)³ / 3 when it does not.
    """
    return np.asarray(np.where(radius >= 0.5, radius**2 / (radius**2 + 1 / 12), 3 * radius**2 / (radius + 0.5) ** 3), np.float32)
