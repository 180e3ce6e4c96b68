"""Turn samples into an upright picture: the one place where figures transpose.

In:   samples (X, Y[, Z]) or (C, X, Y[, Z]) and their grid; a plane and an index along it.
Out:  a Picture (rows, columns[, C]), its pixel aspect, and the letters at its edges.
Not:  no drawing, no intensity windows (windows.py), no choice of slice (slices.py).

A picture (px, plane_mm, slide_um, or any 2-D grid) is shown as it is: X runs right, Y runs down.
A volume in the patient (ras_mm) is shown in radiological convention: axial seen from the feet, the patient's right on the left
of the picture and anterior up; coronal with the patient's right on the left and superior up; sagittal with anterior on the left
and superior up.
An oblique volume is shown along its own axes, named after the nearest axis of the patient: nothing is resampled.
A volume without a patient (a stack of sections) is shown section by section.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError
from isocenter.core.grid import Grid
from isocenter.core.record import Record

CONVENTION = "Radiological convention: the patient's right (R) is on the left of the picture; anterior (A) or superior (S) is up."
_RIGHT_DOWN = {"axial": ("L", "P", "S"), "coronal": ("L", "I", "A"), "sagittal": ("P", "I", "L")}
"""Where columns run, where rows run, and the axis across, for each plane."""
_OPPOSITE = {"L": "R", "R": "L", "A": "P", "P": "A", "S": "I", "I": "S"}
_ACROSS = {"S": "axial", "I": "axial", "A": "coronal", "P": "coronal", "L": "sagittal", "R": "sagittal"}


class View(Record):
    """One plane of a grid."""

    plane: str
    """"picture", "section", "axial", "coronal" or "sagittal"."""
    index: int = 0
    """Along the axis across the plane; of no meaning for a picture."""


class Picture(Record):
    """Samples as they lie on paper."""

    samples: NDArray[np.generic]
    """(rows, columns), or (rows, columns, C)."""
    row_step: float
    """Distance between rows, in the world's unit."""
    column_step: float
    """Distance between columns, in the world's unit."""
    unit: str
    letters: tuple[str, str, str, str] = ("", "", "", "")
    """At the left, right, top and bottom edge; empty where there is no patient."""

    @property
    def aspect(self) -> float:
        """Height of a sample over its width."""
        return self.row_step / self.column_step


def planes(grid: Grid) -> tuple[str, ...]:
    """Return the planes a grid can be shown in, the one it was acquired in first."""
    if grid.ndim == 2:
        return ("picture",)
    if grid.world != "ras_mm":
        return ("section",)
    thickest = int(np.argmax(np.asarray(grid.spacing)))
    isotropic = max(grid.spacing) < 1.2 * min(grid.spacing)
    first = "axial" if isotropic else _ACROSS[grid.orientation[thickest]]
    return (first, *(p for p in ("axial", "coronal", "sagittal") if p != first))


def across(grid: Grid, plane: str) -> int | None:
    """Return the axis a plane's index runs along; None for a picture. GeometryError for a plane the grid does not have."""
    if plane not in planes(grid):
        raise GeometryError(f"expected one of the planes {', '.join(planes(grid))} of a grid of {grid.ndim} axes, got {plane!r}.")
    if plane == "picture":
        return None
    if plane == "section":
        return grid.ndim - 1
    return next(axis for axis, code in enumerate(grid.orientation) if _ACROSS[code] == plane)


def upright(samples: NDArray[np.generic], grid: Grid, view: View) -> Picture:
    """Return one plane of an array as it should lie on paper.

    samples : (*S) or (C, *S), S the grid's shape. GeometryError for another shape.
    return  : (rows, columns) or (rows, columns, C); columns run along X of a picture
    """
    channels = samples.ndim - grid.ndim
    if channels not in (0, 1) or samples.shape[channels:] != grid.shape:
        raise GeometryError(f"expected samples of shape {grid.shape} or (C, *{grid.shape}), got {samples.shape}.")
    axis = across(grid, view.plane)
    if axis is None:
        plane, axes = samples, [0, 1]
    else:
        plane = np.take(samples, view.index, axis=axis + channels)
        axes = [a for a in range(grid.ndim) if a != axis]
    steps = [grid.spacing[a] for a in axes]
    letters = ("", "", "", "")
    flips: list[int] = []
    if view.plane in _RIGHT_DOWN:
        right, down, _ = _RIGHT_DOWN[view.plane]
        codes = [grid.orientation[a] for a in axes]
        if codes[0] not in (right, _OPPOSITE[right]):  # the first axis runs down: exchange the two
            codes.reverse()
            steps.reverse()
            plane = np.swapaxes(plane, channels, channels + 1)
        flips = [channels + n for n, (code, wanted) in enumerate(zip(codes, (right, down), strict=True)) if code != wanted]
        letters = (_OPPOSITE[right], right, _OPPOSITE[down], down)
    if flips:
        plane = np.flip(plane, axis=tuple(flips))
    upward = np.swapaxes(plane, channels, channels + 1)  # (columns, rows) -> (rows, columns)
    if channels:
        upward = np.moveaxis(upward, 0, -1)  # (C, rows, columns) -> (rows, columns, C)
    return Picture(samples=upward, row_step=steps[1], column_step=steps[0], unit=grid.unit, letters=letters)


def middle(grid: Grid, plane: str | None = None) -> View:
    """Return the middle plane of a grid, in the plane it was acquired in unless one is named."""
    name = plane or planes(grid)[0]
    axis = across(grid, name)
    return View(plane=name, index=0 if axis is None else grid.shape[axis] // 2)


def where(view: View, grid: Grid) -> str:
    """Say which plane is shown: "axial 12 of 40"; "" for a picture."""
    axis = across(grid, view.plane)
    return "" if axis is None else f"{view.plane} {view.index + 1} of {grid.shape[axis]}"


def first_time(samples: NDArray[np.generic], grid: Grid) -> NDArray[np.generic]:
    """Return the still in the middle of a series (C, *S, T); a still comes back as it is."""
    return samples[..., samples.shape[-1] // 2] if grid.times_s else samples
