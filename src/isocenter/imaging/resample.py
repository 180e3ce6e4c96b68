"""Resampling of arrays: to another number of samples over the same extent, or onto another grid.

In:   arrays (C, *S), grids.
Out:  arrays (C, *T), same dtype for order 0, float32 otherwise.
Not:  no choice of spacing (learning/planning), no files.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.errors import GeometryError
from isocenter.core.grid import Grid

BORDER = 1e-6
"""Of a sample: what rounding may add to a place on the border."""


def zoom_to(array: NDArray[Any], shape: Sequence[int], *, order: int = 1) -> NDArray[Any]:
    """Resample (C, *S) to (C, *shape) over the same extent: outer borders stay where they are, sample centers move.

    order : 0 nearest (labels), 1 linear, 3 cubic
    """
    if tuple(array.shape[1:]) == tuple(shape):
        return array
    factors = [n / o for n, o in zip(shape, array.shape[1:], strict=True)]
    kind = array.dtype if order == 0 else np.float32
    out = np.empty((array.shape[0], *shape), kind)
    for channel in range(array.shape[0]):
        source = array[channel] if order == 0 else array[channel].astype(np.float32)
        ndimage.zoom(source, factors, output=out[channel], order=order, mode="nearest", grid_mode=True, prefilter=order > 1)
    return out


def average_to(array: NDArray[Any], shape: Sequence[int]) -> NDArray[np.float32]:
    """Resample (C, *S) to (C, *shape) over the same extent without losing what is small.

    Along an axis that shrinks, each sample is the mean of all it covers, parts of samples by their part; the others are
    interpolated linearly. Reading single places instead would find or miss a small structure by where it happens to lie.
    """
    out = np.asarray(array, np.float32)
    for axis, (before, after) in enumerate(zip(array.shape[1:], shape, strict=True), start=1):
        if after < before:
            out = _averaged(out, axis, after)
    return np.asarray(zoom_to(out, shape), np.float32)


def _averaged(array: NDArray[np.float32], axis: int, count: int) -> NDArray[np.float32]:
    """Return `count` means of equal stretches along an axis."""
    length = array.shape[axis]
    moved = np.moveaxis(array, axis, 0)
    total = np.concatenate([np.zeros((1, *moved.shape[1:])), np.cumsum(moved, axis=0, dtype=np.float64)])  # up to each border
    borders = np.linspace(0.0, length, count + 1)
    left = np.minimum(borders.astype(np.intp), length - 1)
    part = (borders - left).reshape(-1, *[1] * (moved.ndim - 1))
    upto = total[left] * (1.0 - part) + total[left + 1] * part
    return np.moveaxis((np.diff(upto, axis=0) * (count / length)).astype(np.float32), 0, axis)


def to_grid(array: NDArray[Any], source: Grid, target: Grid, *, order: int = 1, fill: float = 0.0) -> NDArray[Any]:
    """Resample (C, *S) from one grid onto another in the same world. GeometryError if the worlds differ.

    fill : value outside the source's field of view
    """
    if source.same_as(target):
        return array
    if source.world != target.world or source.ndim != target.ndim:
        raise GeometryError(
            f"expected two images of one world, got {source.world} with {source.ndim} axes and {target.world} with {target.ndim}. "
            "Inputs of one case must show the same thing; register or convert them first."
        )
    d = source.ndim
    matrix = np.linalg.inv(source.matrix) @ target.matrix  # target index -> source index
    kind = array.dtype if order == 0 else np.float32
    out = np.empty((array.shape[0], *target.shape), kind)
    # A label fills its sample to the border; scipy's plain "constant" ends it at the center of the outermost one. So would a
    # spline, and rounding takes the outermost one, too: it is carried on, and cut at the border.
    mode = "grid-constant" if order == 0 else "constant" if order == 1 else "nearest"
    for channel in range(array.shape[0]):
        samples = array[channel] if order == 0 else array[channel].astype(np.float32)
        ndimage.affine_transform(
            samples,
            matrix[:d, :d],
            matrix[:d, d],
            output_shape=target.shape,
            output=out[channel],
            order=order,
            mode=mode,
            cval=fill,
        )
    if order > 1:
        out[:, ~_covered(matrix, source.shape, target.shape)] = fill
    return out


def _covered(matrix: NDArray[np.float64], shape: Sequence[int], target: Sequence[int]) -> NDArray[np.bool_]:
    """Return which samples (*target) lie within the outer borders of an image of a shape; matrix: target index -> its index."""
    d = len(shape)
    inside = np.ones(tuple(target), bool)
    index = np.ogrid[tuple(slice(0, n) for n in target)]
    for axis, n in enumerate(shape):
        place = matrix[axis, d] + sum(matrix[axis, k] * index[k] for k in range(d))
        inside &= (place >= -0.5 - BORDER) & (place <= n - 0.5 + BORDER)
    return inside
