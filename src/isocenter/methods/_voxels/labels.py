"""Places and boxes as labels of voxels: which class the middle of a patch is of.

In:   points or boxes, a grid. Out: class indices on the prepared samples, -1 where nothing was assessed.
Not:  no masks (learning/preparation.py has them).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.core.study import Target
from isocenter.imaging.resample import zoom_to
from isocenter.learning.assessed import assessed
from isocenter.learning.inference.valid_windows import padded
from isocenter.learning.preparation import IGNORED, PreparationConfig, Prepared, prepare_image
from isocenter.methods._places import dots


def voxel_labels(points: Points, grid: Grid, shape: Sequence[int], *, radius: float) -> NDArray[np.int16]:
    """Return the class of every sample, (*shape): 0 background, kind + 1 inside the ellipsoid of a box, or near a point.

    grid   : the case's own
    shape  : samples per axis of the prepared image, over the same extent
    radius : world units, of points without extent
    """
    labels = np.zeros(tuple(shape), np.int16)
    ratio = np.asarray(grid.shape, float) / np.asarray(shape, float)  # own samples per prepared one
    step = np.asarray(grid.spacing) * ratio
    half = np.full((len(points), grid.ndim), radius) if points.extent is None else points.extent / 2
    along = np.abs(grid.matrix[: grid.ndim, : grid.ndim] / np.asarray(grid.spacing))  # world axes by index axes
    for n in np.argsort(-half.prod(axis=1), kind="stable"):  # the small on top of the large
        middle = (grid.to_index(points.world[n : n + 1])[0] + 0.5) / ratio - 0.5
        reach = np.maximum(half[n] @ along, 1e-6) / step  # in prepared samples
        low = np.maximum(np.floor(middle - reach), 0).astype(int)
        high = np.minimum(np.ceil(middle + reach), np.asarray(shape) - 1).astype(int)
        if (high < low).any():
            continue
        axes = [((np.arange(a, b + 1) - m) / max(r, 0.5)) ** 2 for a, b, m, r in zip(low, high, middle, reach, strict=True)]
        inside = sum(np.ix_(*axes)) <= 1.0
        window = tuple(slice(a, b + 1) for a, b in zip(low, high, strict=True))
        labels[window][inside] = int(points.kind[n]) + 1
        own = np.clip(np.round(middle), 0, np.asarray(shape) - 1).astype(int)
        labels[tuple(own)] = int(points.kind[n]) + 1  # however small it is
    return labels


def where_assessed(case: Case, target: Target, prepared: Prepared) -> NDArray[np.bool_] | None:
    """Return where the label speaks, on the prepared samples; None = everywhere."""
    where = assessed(case, target, prepared.grid)
    return None if where is None else np.asarray(zoom_to(where[None], prepared.image.shape[1:], order=0)[0])


def padded_case(case: Case, target: Target, config: PreparationConfig, *, field: Sequence[int], radius: float) -> Prepared:
    """Return a case ready to draw patches from: as much around it as lets every sample be the middle of one."""
    prepared = prepare_image(case, config)
    labels = voxel_labels(dots(case, target), prepared.grid, prepared.image.shape[1:], radius=radius)
    where = where_assessed(case, target, prepared)
    if where is not None:
        labels[~where] = IGNORED
    return Prepared(
        key=prepared.key,
        image=padded(prepared.image, field),
        grid=prepared.grid,
        target=padded(labels[None], field, fill=IGNORED)[0],
        missing=prepared.missing,
    )


def inside(image: NDArray[np.float32], field: Sequence[int]) -> NDArray[np.float32]:
    """Return what `padded` put something around, (C, *S)."""
    shape = [n - f + 1 for n, f in zip(image.shape[1:], field, strict=True)]
    return image[(slice(None), *(slice(f // 2, f // 2 + n) for f, n in zip(field, shape, strict=True)))]
