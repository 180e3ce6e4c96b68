"""Grid: where samples lie. The only owner of geometry.

In:   shape and an affine from index to world.
Out:  spacing, orientation, conversions between index and world, sameness.
Not:  no samples, no files, no resampling (imaging/resample.py).
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocenter.core.errors import GeometryError
from isocenter.core.record import Record

World = Literal["ras_mm", "plane_mm", "slide_um", "px"]
_UNITS = {"ras_mm": "mm", "plane_mm": "mm", "slide_um": "um", "px": "px"}
_CODES = (("L", "R"), ("P", "A"), ("I", "S"))


class Grid(Record):
    """Where samples lie: index (i, j[, k]) -> world.

    World is `ras_mm` (patient, right-anterior-superior), `plane_mm` (a radiograph: millimetres in its plane, no place in the
    patient), `slide_um` (micrometres on a slide) or `px` (a photograph). In the last three, x runs right and y runs down.
    """

    shape: tuple[int, ...]
    """Samples along each spatial axis: (X, Y) or (X, Y, Z)."""
    affine: tuple[tuple[float, ...], ...]
    """Index -> world, (d+1, d+1), row by row."""
    world: World
    times_s: tuple[float, ...] = ()
    """Times of the samples of cine, perfusion and plates; empty for a still."""

    def __post_init__(self) -> None:
        """Refuse a grid that has no volume or whose affine does not fit."""
        d = len(self.shape)
        matrix = np.asarray(self.affine, float)
        if matrix.shape != (d + 1, d + 1):
            raise GeometryError(f"expected an affine of shape {(d + 1, d + 1)} for {d} axes, got {matrix.shape}.")
        if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix[:d, :d])) < 1e-12:
            raise GeometryError(
                f"expected an invertible affine, got {matrix[:d, :d].tolist()}. "
                "The file's spacing or direction is damaged; mend its header, or run: isocenter check STUDY --fix"
            )

    @property
    def ndim(self) -> int:
        """Number of spatial axes."""
        return len(self.shape)

    @property
    def matrix(self) -> NDArray[np.float64]:
        """The affine as an array (d+1, d+1)."""
        return np.asarray(self.affine, np.float64)

    @property
    def unit(self) -> str:
        """Unit of the world: mm, um or px."""
        return _UNITS[self.world]

    @property
    def spacing(self) -> tuple[float, ...]:
        """Distance between neighbours along each axis, in world units."""
        d = self.ndim
        return tuple(float(s) for s in np.linalg.norm(self.matrix[:d, :d], axis=0))

    @property
    def spacing_mm(self) -> tuple[float, ...]:
        """Distance between neighbours in mm. GeometryError when the world has no millimetres (px)."""
        if self.world == "px":
            raise GeometryError(
                "expected a grid in millimetres, got pixels: this picture carries no pixel size. "
                "Measure in px, or store the images in a format that carries it (NIfTI, DICOM)."
            )
        factor = 1e-3 if self.world == "slide_um" else 1.0
        return tuple(s * factor for s in self.spacing)

    @property
    def orientation(self) -> str:
        """Where each axis points: "RAS", "LPS" … in the patient; "XY" elsewhere."""
        if self.world != "ras_mm" or self.ndim != 3:
            return "XYZ"[: self.ndim]
        direction = self.matrix[:3, :3] / np.asarray(self.spacing)
        best = _assign_axes(direction)
        return "".join(_CODES[best[axis]][int(direction[best[axis], axis] > 0)] for axis in range(3))

    def to_world(self, ijk: ArrayLike) -> NDArray[np.float64]:
        """Indices (N, d) -> world coordinates (N, d)."""
        d = self.ndim
        place: NDArray[np.float64] = np.asarray(ijk, np.float64).reshape(-1, d) @ self.matrix[:d, :d].T + self.matrix[:d, d]
        return place

    def to_index(self, world: ArrayLike) -> NDArray[np.float64]:
        """World coordinates (N, d) -> fractional indices (N, d)."""
        d = self.ndim
        inverse = np.linalg.inv(self.matrix)
        index: NDArray[np.float64] = np.asarray(world, np.float64).reshape(-1, d) @ inverse[:d, :d].T + inverse[:d, d]
        return index

    def same_as(self, other: "Grid", *, tolerance: float = 0.01) -> bool:
        """Tell whether two grids have the same shape and place; tolerance is a share of the spacing."""
        if self.shape != other.shape or self.world != other.world:
            return False
        d = self.ndim
        corners = np.array(np.meshgrid(*[(0, n - 1) for n in self.shape], indexing="ij")).reshape(d, -1).T
        gap = np.abs(self.to_world(corners) - other.to_world(corners)).max()
        return bool(gap <= tolerance * max(self.spacing))

    def crop(self, start: Sequence[int], stop: Sequence[int]) -> "Grid":
        """Return the grid of the samples start <= index < stop."""
        matrix = self.matrix
        d = self.ndim
        matrix[:d, d] = self.to_world([start])[0]
        shape = tuple(int(b - a) for a, b in zip(start, stop, strict=True))
        return Grid(shape=shape, affine=as_affine(matrix), world=self.world, times_s=self.times_s)

    def sampled(self, shape: Sequence[int]) -> "Grid":
        """Return the grid of so many samples over the same extent: outer borders stay where they are, sample centers move."""
        matrix, d = self.matrix, self.ndim
        ratio = np.asarray(self.shape, float) / np.asarray(shape, float)
        matrix[:d, d] = self.to_world([(ratio - 1.0) / 2.0])[0]  # the first sample's center, half a new sample from the border
        matrix[:d, :d] = matrix[:d, :d] * ratio
        return Grid(shape=tuple(int(n) for n in shape), affine=as_affine(matrix), world=self.world, times_s=self.times_s)


def as_affine(matrix: ArrayLike) -> tuple[tuple[float, ...], ...]:
    """Return a matrix as the nested tuple a Grid holds."""
    return tuple(tuple(float(x) for x in row) for row in np.asarray(matrix, np.float64))


def plain_grid(shape: Sequence[int], *, spacing: Sequence[float] | None = None, world: World = "px") -> Grid:
    """Return a grid with its origin at 0 and axes along the world's."""
    d = len(shape)
    matrix: NDArray[Any] = np.eye(d + 1)
    if spacing is not None:
        matrix[np.arange(d), np.arange(d)] = spacing
    return Grid(shape=tuple(int(n) for n in shape), affine=as_affine(matrix), world=world)


def _assign_axes(direction: NDArray[np.float64]) -> list[int]:
    """Give each index axis the world axis it is closest to, each world axis once."""
    strength = np.abs(direction).copy()
    best = [0, 0, 0]
    for _ in range(3):
        world, axis = np.unravel_index(int(np.argmax(strength)), strength.shape)
        best[int(axis)] = int(world)
        strength[world, :] = -1
        strength[:, axis] = -1
    return best
