"""Choose the most informative slice of a volume.

In:   the grid and one array of what is of interest (truth, answer, or both) on it.
Out:  a View: the plane the volume was acquired in, at the slice where there is most to see.
Not:  no drawing.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.mask import Mask
from isocenter.figures.orient import View, across, first_time, middle, planes


def most_informative(grid: Grid, interest: NDArray[Any] | None, *, plane: str | None = None) -> View:
    """Return the slice with most classes in it and, among those, the largest area; the middle one where nothing is marked.

    interest : (*S) integer labels (0 is nothing), or bool (K, *S) of regions
    """
    name = plane or planes(grid)[0]
    axis = across(grid, name)
    if axis is None or interest is None:
        return middle(grid, name)
    regions = (
        interest > 0
        if interest.ndim > grid.ndim
        else np.stack([interest == k for k in np.unique(interest) if k > 0] or [interest > 0])
    )
    rest = tuple(a + 1 for a in range(grid.ndim) if a != axis)
    area = regions.sum(axis=rest)  # (K, slices)
    if not area.any():
        return middle(grid, name)
    share = area / np.maximum(area.max(axis=1, keepdims=True), 1)  # each class counts by its own largest area
    return View(plane=name, index=int(np.argmax(share.sum(axis=0))))


def interest_of(mask: Mask) -> NDArray[Any]:
    """Return what `most_informative` looks at: labels (*S), or regions (K, *S)."""
    samples = first_time(mask.labels.array(), mask.grid)
    return samples if mask.overlapping else samples[0]


def of_case(image: Image | None, masks: tuple[Mask, ...]) -> View:
    """Return the slice for a case: where the first mask that is not empty has most to show, else the image's middle."""
    for mask in masks:
        interest = interest_of(mask)
        if interest.any():
            return most_informative(mask.grid, interest)
    grid = masks[0].grid if masks else image.grid if image is not None else None
    if grid is None:
        raise ValueError("expected an image or a mask to choose a slice of, got neither")
    return middle(grid)
