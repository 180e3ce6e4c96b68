"""Places and boxes of the structures in a mask: one of each, where any of it is.

In:   a mask file, and what its numbers mean (`values` of the target).
Out:  Points in world coordinates: the middle of mass of each structure, or the box around it. What a mask does not show is absent.
Not:  objects that are numbered (io/objects_file.py), masks as masks (io/masks.py).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.io.objects_file import box_around, ends, whole_numbers
from isocenter.io.raw_labels import one_channel_where_equal, open_raw_labels


def read_structures(
    path: Path, values: Mapping[int, int], names: Sequence[str], *, grid: Grid | None, boxes: bool = False
) -> Points:
    """Read the middle of mass of each structure, or with `boxes` the middle and size of the box around it.

    values : number in the file -> index into `names`; several numbers may be one structure, other numbers are none
    grid   : of the case's image, used if of the same shape; None = the file's own

    FileError for colors or fractions.
    """
    picture = open_raw_labels(path)
    numbers = whole_numbers(one_channel_where_equal(picture.array()), path)
    lies = grid if grid is not None and grid.shape == numbers.shape else picture.grid
    meant = sorted(values)
    wanted = np.isin(numbers, meant)
    places = np.argwhere(wanted)  # (M, d)
    kind = np.asarray([values[n] for n in meant], np.intp)[np.searchsorted(meant, numbers[wanted])]
    kinds, inverse = np.unique(kind, return_inverse=True)
    extent = None
    if boxes:
        low, high = ends(places, inverse, len(kinds))
        world, extent = box_around(lies, low - 0.5, high + 0.5)
    elif len(kinds):
        size = np.bincount(inverse, minlength=len(kinds))
        sums = [np.bincount(inverse, weights=axis, minlength=len(kinds)) for axis in places.T]
        world = lies.to_world(np.stack(sums, axis=1) / size[:, None])
    else:
        world = np.zeros((0, lies.ndim))
    names = tuple(names) or ("point",)
    return Points(world=world, kind=kinds, score=np.full(len(kinds), np.nan), names=names, extent=extent)


def no_structures(grid: Grid, names: Sequence[str], *, boxes: bool = False) -> Points:
    """Return what a mask of nothing holds."""
    nowhere = np.zeros((0, grid.ndim))
    return Points(
        world=nowhere,
        kind=np.zeros(0, np.intp),
        score=np.zeros(0),
        names=tuple(names) or ("point",),
        extent=nowhere if boxes else None,
    )
