"""Box: voxels around the origin, coarse as stored or fine as drawn.

In:   shape and spacing.
Out:  coordinates of voxel centers; the box's finer twin; the mean over blocks; the patient grid.
Not:  no anatomy.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.grid import Grid, as_affine
from isocenter.core.record import Record

Array = NDArray[np.float32]


class Box(Record):
    """A block of voxels (X, Y, Z) centered on the origin of its own coordinates: x right, y anterior, z superior, mm."""

    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]

    def centers(self, axis: int) -> Array:
        """Coordinates of voxel centers along one axis, (N,) mm."""
        n = self.shape[axis]
        return np.asarray((np.arange(n) + 0.5 - n / 2) * self.spacing_mm[axis], np.float32)

    def mesh(self) -> tuple[Array, Array, Array]:
        """Coordinates as three arrays that broadcast to (X, Y, Z)."""
        x, y, z = (self.centers(axis) for axis in range(3))
        return x[:, None, None], y[None, :, None], z[None, None, :]

    def finer(self, times: int) -> "Box":
        """Return the box with every voxel cut into times³."""
        nx, ny, nz = self.shape
        sx, sy, sz = self.spacing_mm
        return Box(shape=(nx * times, ny * times, nz * times), spacing_mm=(sx / times, sy / times, sz / times))

    def blocks(self, fine: Array, times: int) -> Array:
        """Return a fine array as (X, Y, Z, times³): what falls into each voxel of this box."""
        nx, ny, nz = self.shape
        split = fine.reshape(nx, times, ny, times, nz, times).transpose(0, 2, 4, 1, 3, 5)
        return split.reshape(nx, ny, nz, times**3)

    def average(self, fine: Array, times: int) -> Array:
        """Return the mean of a fine array over each voxel of this box."""
        nx, ny, nz = self.shape
        return np.asarray(fine.reshape(nx, times, ny, times, nz, times).mean((1, 3, 5)), np.float32)

    def window(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[slice, slice, slice] | None:
        """Return the voxels whose centers lie between two corners; None when there is none."""
        spacing, half = np.asarray(self.spacing_mm), np.asarray(self.shape) / 2
        first = np.clip(np.floor(low / spacing + half - 0.5).astype(int), 0, self.shape)
        last = np.clip(np.ceil(high / spacing + half + 0.5).astype(int), 0, self.shape)
        if (last <= first).any():
            return None
        return slice(first[0], last[0]), slice(first[1], last[1]), slice(first[2], last[2])

    def grid(self) -> Grid:
        """Return the patient grid of the box (RAS)."""
        matrix = np.diag([*self.spacing_mm, 1.0])
        matrix[:3, 3] = [-(n - 1) / 2 * s for n, s in zip(self.shape, self.spacing_mm, strict=True)]
        return Grid(shape=self.shape, affine=as_affine(matrix), world="ras_mm")
