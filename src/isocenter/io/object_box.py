"""The one object a row speaks of: a box or a place in its image, as a mask.

In:   a cell: numbers "x y w h" or "x y z w h d" (center and full size, world coordinates), "x y" or "x y z" (a place); or a file of
      boxes or points (io/points_file.py), of one object, or with the row of the object counted from 0: `nodules.csv#3`.
Out:  Mask on the grid of the case's image: the samples whose centers lie inside; of a place, the nearest one.
Not:  no file of many objects as one label (a target of type boxes or points).
"""

from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError, StudyError
from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.io.file_kind import split_fragment
from isocenter.io.points_file import read_points
from isocenter.io.table_row import Row

_EDGE = 1e-6
"""A center this close to the border of a box, in samples, lies inside."""


def open_box(row: Row, column: str) -> Mask:
    """Open the object a label speaks of: names outside, inside. GeometryError when it lies outside the image."""
    with row.blame(column):
        grid = row.grid()
        if grid is None:
            raise StudyError("expected an image that the object lies in, got none. Fill the image's cell, or empty the label.")
        center, size = _object(row, column)
        if len(center) != grid.ndim:
            raise StudyError(f"expected {grid.ndim} coordinates, as the image has, got {len(center)}: {row.cell(column)!r}.")
        start, stop = _samples(center, size, grid)
        still = Grid(shape=grid.shape, affine=grid.affine, world=grid.world)
        load = partial(_filled, grid.shape, start, stop)
        return Mask(labels=Image(grid=still, unit="1", channels=("label",), load=load), names=("outside", "inside"))


def _object(row: Row, column: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return center and full size, (d,) each; of a place the size is 0."""
    cell = row.cell(column)
    numbers = _numbers(cell)
    if numbers is not None:
        if len(numbers) not in (2, 3, 4, 6):
            raise StudyError(f'expected "x y w h", "x y z w h d", or a place "x y" or "x y z", got {cell!r}.')
        d = len(numbers) if len(numbers) < 4 else len(numbers) // 2
        center, size = np.array(numbers[:d]), np.array(numbers[d:] or [0.0] * d)
    else:
        path, fragment = split_fragment(row.file(column))
        center, size = _from_file(row, path, fragment)
    if (size < 0).any():
        raise StudyError(f"expected sizes of 0 or more, got {cell!r}.")
    return center, size


def _numbers(cell: str) -> list[float] | None:
    """Return the numbers of a cell, parted by blanks, commas or semicolons; None when it is not made of numbers."""
    try:
        return [float(part) for part in cell.replace(",", " ").replace(";", " ").split()]
    except ValueError:
        return None


def _from_file(row: Row, path: Path, fragment: str | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    found = read_points(path, (), grid=row.grid)
    if fragment is None and len(found) == 1:
        number = 0
    elif fragment is not None and fragment.isdigit() and int(fragment) < len(found):
        number = int(fragment)
    else:
        asked = "none named" if fragment is None else f"#{fragment}"
        raise StudyError(
            f"expected one object of the {len(found)} in {path.name}, got {asked}. Name its row, counted from 0: {path.name}#0"
        )
    center = np.asarray(found.world[number], float)
    return center, np.zeros_like(center) if found.extent is None else np.asarray(found.extent[number], float)


def _samples(center: NDArray[np.float64], size: NDArray[np.float64], grid: Grid) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return where the object begins and ends along each axis; at least one sample."""
    d = len(center)
    signs = np.array(np.meshgrid(*[[-0.5, 0.5]] * d, indexing="ij")).reshape(d, -1).T  # (2**d, d)
    corners = grid.to_index(center + signs * size)
    middle = np.round(grid.to_index(center[None])[0]).astype(np.intp)
    low, high = np.ceil(corners.min(axis=0) - _EDGE).astype(np.intp), np.floor(corners.max(axis=0) + _EDGE).astype(np.intp)
    thin = high < low
    low, high = np.where(thin, middle, low), np.where(thin, middle, high)
    start, stop = np.maximum(low, 0), np.minimum(high + 1, np.array(grid.shape))
    if (start >= stop).any():
        raise GeometryError(
            f"expected an object inside the image of {' x '.join(map(str, grid.shape))} samples, got indices from "
            f"{low.tolist()} to {high.tolist()}. Coordinates are those of the image's world: {grid.world}."
        )
    return start, stop


def _filled(shape: tuple[int, ...], start: NDArray[np.intp], stop: NDArray[np.intp]) -> NDArray[np.uint8]:
    """Load the box as labels (1, *S)."""
    labels = np.zeros((1, *shape), np.uint8)
    inside = tuple(slice(int(a), int(b)) for a, b in zip(start, stop, strict=True))
    labels[(slice(None), *inside)] = 1
    return labels
