"""Fill a region to a share that is known exactly: a landscape, cut at the level which gives the count wanted.

In:   a landscape on the fine box, a region on the coarse one, how many coarse voxels.
Out:  what is filled, on both boxes.
Not:  no landscapes.

A coarse voxel counts as filled when at least half of its finer voxels are above the level. That is so when the middle one of them
is, so the level is an order statistic of middle ones, and more of a thing always holds all of less.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.tomograph.box import Array, Box

Bools = NDArray[np.bool_]


class Filling(Record):
    """What a landscape fills."""

    coarse: Bools
    fine: Bools


def fill(box: Box, times: int, land: Array, count: int, counted: Bools, allowed: Bools) -> Filling:
    """Fill `count` voxels of a region, and what is as high elsewhere.

    land    : (X, Y, Z) of the fine box; -inf where nothing can be
    counted : coarse voxels the count is of; a count above what it can hold fills all of it
    allowed : coarse voxels that may be filled; contains `counted`
    return  : nothing filled for a count of 0, or a region that can hold nothing
    """
    middle = times**3 // 2
    held = np.partition(box.blocks(land, times), middle, axis=-1)[..., middle]
    heights = held[counted & np.isfinite(held)]
    count = min(count, len(heights))
    if count < 1:
        return Filling(coarse=np.zeros(box.shape, bool), fine=np.zeros(land.shape, bool))
    level = np.partition(heights, -count)[-count]
    everywhere = np.repeat(np.repeat(np.repeat(allowed, times, 0), times, 1), times, 2)
    return Filling(coarse=allowed & (held >= level), fine=everywhere & (land >= level))
