"""Where a label speaks: the whole exam, a region of it, or one slice. Training, baselines and evaluation all ask here.

In:   a case, a target with its scope, the grid the answer is wanted on.
Out:  bool (*S), or None = everywhere.
Not:  no label is read; what becomes of the samples outside is the caller's business (ignored, not background).
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.errors import GeometryError
from isocenter.core.grid import Grid
from isocenter.core.mask import Mask
from isocenter.core.study import Target
from isocenter.imaging.resample import to_grid


def assessed(case: Case, target: Target, grid: Grid) -> NDArray[np.bool_] | None:
    """Return where a label of this target speaks, (*S) on `grid`; None = everywhere (or the case names no region, no slice).

    A region on another grid is brought over by geometry, nearest; GeometryError if no world says how, or if nothing of it arrives.
    A slice is an index from 0 along the last axis; GeometryError if the grid has no such slice.
    """
    if target.region is not None:
        return _region(case, target.region, case.regions[target.region], grid) if target.region in case.regions else None
    column = target.scope.removeprefix("slice:")
    if column == target.scope or column not in case.covariates:
        return None
    where = np.zeros(grid.shape, bool)
    where[..., _slice(case, column, grid.shape[-1])] = True
    return where


def _slice(case: Case, column: str, count: int) -> int:
    cell = case.covariates[column]
    level = cell if isinstance(cell, int | float) else float("nan")
    if not (float(level).is_integer() and 0 <= level < count):
        raise GeometryError(
            f"expected a slice from 0 to {count - 1} in column {column} of case {case.key}, got {cell}. "
            "Count slices from 0 along the last axis."
        )
    return int(level)


def _region(case: Case, column: str, region: Mask, grid: Grid) -> NDArray[np.bool_]:
    """Return any class of the region mask but its background, on `grid`."""
    inside = (region.labels.array() > 0).any(axis=0)  # (1 or K, *S) -> (*S)
    own = region.grid
    if own.shape == grid.shape and ("px" in (own.world, grid.world) or own.same_as(grid)):
        return np.asarray(inside)
    if own.world != grid.world or own.ndim != grid.ndim or own.world == "px":
        raise GeometryError(
            f"case {case.key}: expected the region {column} on the grid {grid.shape} of its image, or in the same world, got "
            f"{own.shape} in {own.world} beside {grid.world}. Export the region on the image's grid."
        )
    moved = np.asarray(to_grid(np.asarray(inside, np.uint8)[None], own, grid, order=0)[0] > 0)
    if inside.any() and not moved.any():
        raise GeometryError(
            f"case {case.key}: expected the region {column} to lie on its image, got one that is elsewhere in the world. "
            "Look at the two files side by side, and export the region on the image's grid."
        )
    return moved
