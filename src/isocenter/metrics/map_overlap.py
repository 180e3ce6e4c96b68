"""A map against a mask: how much of it lies inside, whether its peak does, and how well its strongest places fill the mask.

In:   a map (*S), a mask bool (*S).
Out:  shares in [0, 1]; NaN where there is no mask or the map is nowhere above 0.
Not:  no threshold that would have to be tuned: the map's strongest places are as many as the mask has.

Reference: Zhang et al., Int J Comput Vis 2018; 126:1084-1102, arXiv:1608.00507 (the pointing game).
"""

import math

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record


class MapOverlap(Record):
    """One map and one mask."""

    share: float
    """Of what the map says above 0, inside the mask."""
    area: float
    """Of all places, inside the mask: what a map that says the same everywhere has as its share."""
    hit: float
    """1 when the strongest place lies inside; of several equally strong ones, the share that does."""
    dice: float
    """Of the mask and as many of the map's strongest places; of ties at the border, their share."""


def map_overlap(values: NDArray[np.floating], mask: NDArray[np.bool_]) -> MapOverlap:
    """Return how a map (*S) lies to a mask (*S)."""
    above = np.maximum(np.nan_to_num(np.asarray(values, float)), 0.0).ravel()
    inside = np.asarray(mask, bool).ravel()
    size, total = int(inside.sum()), float(above.sum())
    if size == 0 or total == 0:
        return MapOverlap(share=math.nan, area=size / inside.size if size else math.nan, hit=math.nan, dice=math.nan)
    peak = above == above.max()
    border = np.partition(above, above.size - size)[above.size - size]
    strongest, tied = above > border, above == border
    room = size - int(strongest.sum())
    common = float((strongest & inside).sum()) + room * float((tied & inside).sum()) / float(tied.sum())
    return MapOverlap(
        share=float(above[inside].sum()) / total,
        area=size / inside.size,
        hit=float((peak & inside).sum()) / float(peak.sum()),
        dice=common / size,
    )
