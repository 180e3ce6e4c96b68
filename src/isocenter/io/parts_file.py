"""Places and boxes of the connected parts of a mask that numbers no objects: each part of a class is one.

In:   a mask file, 0 = background, 1 = first class … ; of one class, any number above 0.
Out:  Points in world coordinates: the middle of mass of each part, or the box around it. Samples touching by a corner are of one.
Not:  numbered objects (io/objects_file.py), one structure a class (io/structures_file.py).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid
from isocenter.core.points import Points
from isocenter.imaging.parts import part_boxes, parts_of
from isocenter.io.objects_file import whole_numbers
from isocenter.io.raw_labels import one_channel_where_equal, open_raw_labels


def read_parts(
    path: Path, names: Sequence[str], *, values: Mapping[int, int] | None = None, grid: Grid | None, boxes: bool = False
) -> Points:
    """Read the middle of mass of each part, or with `boxes` the middle and size of the box around it.

    names  : the classes in order; empty = one, "point"
    values : number in the file -> index into `names`, other numbers are none; None = 1 is the first, and of one class any number
    grid   : of the case's image, used if of the same shape; None = the file's own

    FileError for colors or fractions, or for a class beyond `names`.
    """
    picture = open_raw_labels(path)
    numbers = whole_numbers(one_channel_where_equal(picture.array()), path)
    lies = grid if grid is not None and grid.shape == numbers.shape else picture.grid
    known = tuple(names) or ("point",)
    if not values and len(known) > 1 and numbers.max(initial=0) > len(known):
        raise FileError(f"expected classes 1 to {len(known)} in {path.name}, got {numbers.max()}. Name them all in `classes:`.")
    middles, extents, kinds = [], [], []
    for kind in range(len(known)):
        parts = parts_of(_of_kind(numbers, kind, len(known), values))
        count = int(parts.max(initial=0))
        if boxes:
            middle, extent = part_boxes(parts, lies)
            extents.append(extent)
        else:
            middle = (
                lies.to_world(ndimage.center_of_mass(parts > 0, parts, range(1, count + 1))) if count else np.zeros((0, lies.ndim))
            )
        middles.append(middle)
        kinds.append(np.full(count, kind, np.intp))
    world = np.concatenate(middles)
    return Points(
        world=world,
        kind=np.concatenate(kinds),
        score=np.full(len(world), np.nan),
        names=known,
        extent=np.concatenate(extents) if boxes else None,
    )


def _of_kind(numbers: NDArray[np.int64], kind: int, kinds: int, values: Mapping[int, int] | None) -> NDArray[np.bool_]:
    if values:
        return np.isin(numbers, [number for number, meant in values.items() if meant == kind])
    return numbers == kind + 1 if kinds > 1 else numbers > 0
