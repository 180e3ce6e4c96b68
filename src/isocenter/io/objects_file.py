"""Places and boxes from a picture that numbers its objects: nucleus 1, 2, 3 …, and the kind of each from a second picture.

In:   a file of whole numbers, 0 = none; for several kinds, a file of the same shape with 1 = first kind, 2 = second …
Out:  Points in world coordinates: centroids, or bounding boxes.
Not:  masks (io/masks.py), one structure a number (io/structures_file.py), dots (io/points_file.py).
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import FileError, GeometryError
from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.io.images import open_image

UNNUMBERED = 2
"""More separate regions than these under one number are objects nobody numbered."""


def read_objects(path: Path, kinds: Path | None, names: Sequence[str], *, grid: Grid | None, boxes: bool = False) -> Points:
    """Read the centroid of each object, or with `boxes` the middle and size of the box around it.

    kinds : the picture of kinds; None where there is one kind
    names : the kinds in order; empty = one, "point"
    grid  : of the case's image, used if of the same shape; None = the file's own

    FileError for a picture without numbers, or with kinds beyond `names`; GeometryError for pictures of unlike shapes.
    """
    picture = open_image(path)
    numbers = whole_numbers(picture.array(), path)
    lies = grid if grid is not None and grid.shape == numbers.shape else picture.grid
    found, inverse = np.unique(numbers[numbers > 0], return_inverse=True)
    places = np.argwhere(numbers > 0)
    if len(found) == 1:
        _refuse_unnumbered(numbers, path)
    if boxes:
        low, high = ends(places, inverse, len(found))
        world, extent = box_around(lies, low - 0.5, high + 0.5)
    else:
        size = np.bincount(inverse, minlength=len(found))
        sums = [np.bincount(inverse, weights=axis, minlength=len(found)) for axis in places.T]
        world, extent = lies.to_world(np.stack(sums, axis=1) / size[:, None]) if len(found) else np.empty((0, numbers.ndim)), None
    return Points(
        world=world,
        kind=_kinds(kinds, numbers, inverse, len(found), names),
        score=np.full(len(found), np.nan),
        names=tuple(names) or ("point",),
        extent=extent,
    )


def whole_numbers(samples: NDArray[np.generic], path: Path) -> NDArray[np.int64]:
    """Return the numbers (*S). FileError for colors or fractions."""
    if samples.shape[0] != 1 or not np.array_equal(samples, np.round(samples)):
        raise FileError(f"expected one whole number a sample in {path.name}, got colors or fractions. Export numbered objects.")
    return np.asarray(samples[0], np.int64)


def _refuse_unnumbered(numbers: NDArray[np.int64], path: Path) -> None:
    from scipy import ndimage

    regions = ndimage.label(numbers > 0)[1]
    if regions > UNNUMBERED:
        raise FileError(
            f"expected objects numbered 1, 2, 3 … in {path.name}, got {numbers.max()} alone in {regions} separate regions. "
            "Number them (connected components), or leave out `instances: true`: spots then count as dots."
        )


def ends(places: NDArray[np.intp], inverse: NDArray[np.intp], count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the first and last sample of each object per axis, (N, d) each."""
    axes = places.shape[1]
    low, high = np.full((count, axes), np.inf), np.full((count, axes), -np.inf)
    np.minimum.at(low, inverse, places.astype(float))
    np.maximum.at(high, inverse, places.astype(float))
    return low, high


def box_around(grid: Grid, low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return middle and full size in world coordinates; a turned grid's box is that around its corners."""
    if not len(low):
        return np.empty((0, grid.ndim)), np.empty((0, grid.ndim))
    turned = np.abs(grid.matrix[: grid.ndim, : grid.ndim])
    return grid.to_world((low + high) / 2), (high - low) @ turned.T


def _kinds(
    path: Path | None, numbers: NDArray[np.int64], inverse: NDArray[np.intp], count: int, names: Sequence[str]
) -> NDArray[np.intp]:
    """Return the kind of each object: the most frequent one of its samples."""
    if path is None or not count:
        return np.zeros(count, np.intp)
    kinds = whole_numbers(open_image(path).array(), path)
    if kinds.shape != numbers.shape:
        raise GeometryError(f"expected kinds of the shape {numbers.shape} of their objects in {path.name}, got {kinds.shape}.")
    said = kinds[numbers > 0]
    most = max(len(names), 1)
    if said.max() > most:
        raise FileError(f"expected kinds 1 to {most} in {path.name}, got {said.max()}. Name them all in `classes:`.")
    votes = np.zeros((count, most + 1))
    np.add.at(votes, (inverse, said), 1.0)
    if (votes[:, 1:].sum(axis=1) == 0).any():
        raise FileError(f"expected a kind for every object in {path.name}, got 0 under one of them. Fill it.")
    return np.asarray(votes[:, 1:].argmax(axis=1), np.intp)
