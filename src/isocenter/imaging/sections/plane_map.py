"""A map from one plane to another: a smooth displacement, then an affine.

In:   places (N, 2) in micrometers.
Out:  where they lie on the other section, and back; the Jacobian determinant.
Not:  no fit (align.py), no file (io/transform_file.py).

The map runs from the fixed section to the moving one, as ITK's do: a picture of the moving section is drawn on the fixed one by
looking up, for every fixed sample, where it comes from.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocenter.core.record import Record

ROUNDS = 60
CLOSE_UM = 0.01


class PlaneMap(Record):
    """x -> A (x + u(x)) + t, micrometers."""

    matrix: NDArray[np.float64]
    """A, (2, 2)."""
    offset: NDArray[np.float64]
    """t, (2,)."""
    field: NDArray[np.float64]
    """u, (2, X, Y); of shape (2, 1, 1) where there is none."""
    origin: tuple[float, float]
    """Where the field's first sample lies."""
    step: float
    """Distance of its samples."""

    def move(self, places: ArrayLike) -> NDArray[np.float64]:
        """Fixed -> moving, (N, 2). Beyond the field its border's displacement goes on."""
        x = np.asarray(places, np.float64).reshape(-1, 2)
        moved: NDArray[np.float64] = (x + self.displacement(x)) @ self.matrix.T + self.offset
        return moved

    def move_back(self, places: ArrayLike) -> NDArray[np.float64]:
        """Moving -> fixed, (N, 2), by fixed-point iteration; NaN where it does not come to rest (the field folds there).

        Reference: Chen et al., Med Phys 2008; 35:81-88.
        """
        y = np.asarray(places, np.float64).reshape(-1, 2)
        bent = (y - self.offset) @ np.linalg.inv(self.matrix).T
        x = bent.copy()
        gap = np.zeros(len(x))
        for _ in range(ROUNDS):
            following = bent - self.displacement(x)
            gap = np.linalg.norm(following - x, axis=1)
            x = following
            if not len(x) or gap.max() < CLOSE_UM:
                break
        return np.where((gap < 100 * CLOSE_UM)[:, None], x, np.nan)

    def displacement(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return u at places, (N, 2), between samples linearly."""
        from scipy.ndimage import map_coordinates

        if self.field.shape[1:] == (1, 1):
            return np.zeros_like(places)
        index = ((places - np.asarray(self.origin)) / self.step).T
        return np.stack([map_coordinates(u, index, order=1, mode="nearest") for u in self.field], axis=1)

    def jacobian(self) -> NDArray[np.float64]:
        """Return det D(x + u(x)) at the field's samples, (X, Y); 1 = area kept, 0 or below = folded. The affine is left out."""
        if self.field.shape[1:] == (1, 1):
            return np.ones((1, 1))
        (xx, xy), (yx, yy) = (np.gradient(u, self.step) for u in self.field)
        determinant: NDArray[np.float64] = (1 + xx) * (1 + yy) - xy * yx
        return determinant


def affine_map(matrix: ArrayLike, offset: ArrayLike) -> PlaneMap:
    """Return a map without a displacement."""
    a, t = np.asarray(matrix, np.float64), np.asarray(offset, np.float64)
    return PlaneMap(matrix=a, offset=t, field=np.zeros((2, 1, 1)), origin=(0.0, 0.0), step=1.0)


def no_map() -> PlaneMap:
    """Return the map that leaves every place where it is: the baseline."""
    return affine_map(np.eye(2), np.zeros(2))


def mirrored(made: PlaneMap, width_um: float) -> PlaneMap:
    """Return a map to a moving section of this width that was turned over, left to right, before `made` was found."""
    flip = np.diag([-1.0, 1.0])
    return replace(made, matrix=flip @ made.matrix, offset=flip @ made.offset + np.array([width_um, 0.0]))


def scale_of(a: PlaneMap) -> tuple[float, float]:
    """Return how much the affine stretches: its smaller and its larger singular value."""
    values: Any = np.linalg.svd(a.matrix, compute_uv=False)
    return float(values[1]), float(values[0])


def look_up(made: PlaneMap, samples: NDArray[Any], um: float, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return samples (C, X, Y) of the moving section as they lie on the fixed one's grid (C, *shape); 0 beside them.

    um : size of the samples of both
    """
    from scipy.ndimage import map_coordinates

    at = um * (np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1).reshape(-1, 2) + 0.5)
    index = (made.move(at) / um - 0.5).T
    return np.stack([map_coordinates(np.asarray(c, np.float32), index, order=1).reshape(shape) for c in samples])
