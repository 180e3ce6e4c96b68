"""A blob: an ellipsoid with waves on its surface, such as a nodule or a lesion of the liver.

In:   a generator, how oblong and how lobed; coordinates.
Out:  the depth of each sample below the surface, mm.
Not:  no HU, no place for it (nodules, liver).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.tomograph.box import Array

WAVES = 5
_WAVE = 2.2
"""SD of a wave's frequency on the unit sphere."""


class Outline(Record):
    """A blob without place and size."""

    axes: tuple[tuple[float, ...], ...]
    """(3, 3): turns and stretches the ellipsoid; its volume is that of the sphere."""
    lobes: tuple[tuple[float, ...], ...]
    """(n, 5): direction, phase and height of the waves on its surface."""

    def depth_mm(self, center_mm: Sequence[float], diameter_mm: float, axes_mm: Sequence[Array]) -> Array:
        """Return how deep below the surface each sample of a box lies, mm along the ray from the center; negative outside.

        axes_mm : coordinates of the samples along each of three axes
        return  : (X, Y, Z)
        """
        offsets = np.stack(
            np.meshgrid(*(a - np.float32(c) for a, c in zip(axes_mm, center_mm, strict=True)), indexing="ij"), axis=-1
        )
        local = offsets @ np.linalg.inv(np.asarray(self.axes)).T.astype(np.float32)
        distance = np.linalg.norm(local, axis=-1)
        direction = local / np.maximum(distance, 1e-6)[..., None]
        height = np.zeros_like(distance)
        for *wave, phase, size in self.lobes:
            height += np.float32(size) * np.sin(direction @ np.asarray(wave, np.float32) + np.float32(phase))
        return np.asarray(diameter_mm / 2 * (1 + height) - distance, np.float32)


def draw_outline(rng: np.random.Generator, *, oblong: float, lobed: float) -> Outline:
    """Draw a blob's form: `oblong` is the SD of the logarithm of its stretch, `lobed` twice the largest height of a wave."""
    stretch = np.exp(oblong * rng.standard_normal(3))
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    axes = turn @ np.diag(stretch / np.prod(stretch) ** (1 / 3))
    lobes = np.column_stack(
        [rng.standard_normal((WAVES, 3)) * _WAVE, rng.uniform(0, 2 * np.pi, WAVES), lobed * rng.random(WAVES) / 2]
    )
    return Outline(axes=_rows(axes), lobes=_rows(lobes))


def _rows(matrix: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(v) for v in row) for row in matrix)
