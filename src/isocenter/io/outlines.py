"""Outlines of a mask along the edges of its samples.

In:   bool (X, Y).
Out:  for each region connected by sides, its outline and the outlines of its holes, in corners: sample i spans i to i + 1.
Not:  nothing is smoothed: filling the outlines gives the mask again.
"""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

Ring = NDArray[np.float64]
"""(N, 2), the first corner once more at the end."""


def outlines_of(mask: NDArray[np.bool_]) -> list[tuple[Ring, ...]]:
    """Return, for each region, its outer ring and its holes; [] for an empty mask."""
    from scipy import ndimage

    labels, count = ndimage.label(mask)
    found = []
    for number, place in enumerate(ndimage.find_objects(labels), start=1):
        region = labels[place] == number
        corner = np.array([s.start for s in place], float)
        rings = [ring + corner for ring in _rings(region)]
        rings.sort(key=lambda ring: -abs(_area(ring)))  # a hole is smaller than what it is in
        found.append(tuple(rings))
    return found if count else []


def _rings(region: NDArray[np.bool_]) -> list[Ring]:
    """Return the closed ways along the edges of a region, its inside always on the same hand."""
    padded = np.pad(region, 1)
    leaving: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    # An edge between inside and outside, directed so that the inside lies on its left (x right, y down: clockwise).
    for dx, dy, first, last in ((1, 0, (1, 0), (1, 1)), (-1, 0, (0, 1), (0, 0)), (0, 1, (1, 1), (0, 1)), (0, -1, (0, 0), (1, 0))):
        beside = np.roll(padded, (-dx, -dy), axis=(0, 1))
        for x, y in np.argwhere(padded & ~beside) - 1:
            leaving[(int(x) + first[0], int(y) + first[1])].append((int(x) + last[0], int(y) + last[1]))
    rings = []
    while leaving:
        start = next(iter(leaving))
        way, here, before = [start], start, None
        while True:
            here, before = _next(leaving, here, before), here
            way.append(here)
            if here == start:
                break
        rings.append(_straightened(np.array(way, float)))
    return rings


def _next(
    leaving: dict[tuple[int, int], list[tuple[int, int]]], here: tuple[int, int], before: tuple[int, int] | None
) -> tuple[int, int]:
    """Take the edge that leaves a corner; where two do (regions that touch at a corner), the one that keeps to the same sample."""
    ways = leaving[here]
    pick = 0
    if len(ways) > 1 and before is not None:
        came = (here[0] - before[0], here[1] - before[1])
        turns = [came[0] * (w[1] - here[1]) - came[1] * (w[0] - here[0]) for w in ways]
        pick = int(np.argmax(turns))
    chosen = ways.pop(pick)
    if not ways:
        del leaving[here]
    return chosen


def _straightened(way: Ring) -> Ring:
    """Leave out the corners at which nothing turns."""
    steps = np.diff(way, axis=0)
    turns = np.any(steps != np.roll(steps, 1, axis=0), axis=1)
    kept = way[:-1][turns]
    return np.concatenate([kept, kept[:1]])


def _area(ring: Ring) -> float:
    x, y = ring[:, 0], ring[:, 1]
    return float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2)
