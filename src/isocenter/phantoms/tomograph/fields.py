"""Smooth random fields: the texture of tissue and the outline of what is irregular.

In:   a box, a generator, a length.
Out:  a field of mean 0 and SD 1 whose bumps are about that long; the same at any voxel size.
Not:  no noise of a scanner (scan.py).
"""

import numpy as np

from isocenter.phantoms.tomograph.box import Array, Box


def smooth_field(box: Box, rng: np.random.Generator, length_mm: float, *, margin: int = 4) -> Array:
    """Return a smooth random field (X, Y, Z): cubic B-splines over a lattice of independent normal numbers.

    Drawn in one order over the box's extent in mm, so that a finer or coarser box shows the same field.
    """
    sides = [n * s for n, s in zip(box.shape, box.spacing_mm, strict=True)]
    lattice = rng.standard_normal([int(np.ceil(side / length_mm)) + margin for side in sides]).astype(np.float32)
    x, y, z = (_weights(box.centers(axis), sides[axis], length_mm, lattice.shape[axis]) for axis in range(3))
    field = np.matmul(y, lattice @ z.T)  # (lattice X, Y, Z)
    field = (x @ field.reshape(len(field), -1)).reshape(box.shape)
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-9), np.float32)


def _weights(centers: Array, side: float, length_mm: float, count: int) -> Array:
    """Return the weights (N, count) of cubic B-splines over the lattice of one axis."""
    at = (centers + side / 2) / length_mm + 1.5
    base = np.floor(at).astype(int)
    t = at - base
    matrix = np.zeros((len(at), count), np.float32)
    for step, weight in enumerate(
        ((1 - t) ** 3 / 6, (3 * t**3 - 6 * t**2 + 4) / 6, (-3 * t**3 + 3 * t**2 + 3 * t + 1) / 6, t**3 / 6)
    ):
        np.add.at(matrix, (np.arange(len(at)), np.clip(base - 1 + step, 0, count - 1)), weight)
    return matrix
