"""Boxes as maps: where their centers are, and how large they are there.

In:   centers and sides of boxes, in samples; and back.
Out:  maps (K + d, *S), float32, as losses/center_boxes.py takes them; boxes found in such maps.
Not:  no network.

Reference: Zhou, Wang & Krähenbühl, Objects as Points, arXiv:1904.07850; Liu et al., AAAI 2020, arXiv:1909.00700 (a kernel as long
           and wide as the box).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.imaging.local_maxima import local_maxima
from isocenter.metrics.matching import box_iou

SPREAD = 0.09
"""Standard deviation of a center's kernel, as a share of the box's side."""
LEAST_SPREAD = 0.6
"""Of a kernel, in samples."""
KNOWS_SIZE = 0.6
"""Samples whose kernel is at least this high are told the size."""


class Found(Record):
    """Boxes, in samples, the likeliest first."""

    center: NDArray[np.float64]
    """(N, d)"""
    side: NDArray[np.float64]
    """(N, d)"""
    kind: NDArray[np.intp]
    """(N,)"""
    score: NDArray[np.float64]
    """(N,) in [0, 1]"""


def center_maps(
    center: NDArray[np.floating],
    side: NDArray[np.floating],
    kind: NDArray[np.intp],
    *,
    count: int,
    shape: Sequence[int],
    usual: Sequence[float],
    flat: Sequence[int] = (),
) -> NDArray[np.float32]:
    """Return the maps of some boxes.

    center, side : (N, d) in samples
    count        : kinds, K
    usual        : (d,) the side whose logarithm is written as 0
    flat         : axes across which a 2-D network looks slice by slice: a kernel is one sample thick there, and has no size
    return       : (K + d - len(flat), *S)
    """
    axes = len(shape)
    live = [a for a in range(axes) if a not in flat]
    heat = np.zeros((count, *shape), np.float32)
    sizes = np.full((len(live), *shape), np.nan, np.float32)
    highest = np.zeros(tuple(shape), np.float32)
    for n in np.argsort(-np.prod(side, axis=1), kind="stable"):  # the small on top of the large
        nearest = np.clip(np.round(center[n]), 0, np.asarray(shape) - 1).astype(int)
        spread = np.maximum(SPREAD * side[n], LEAST_SPREAD)
        low = np.array([nearest[a] - (0 if a in flat else int(3 * spread[a] + 1)) for a in range(axes)])
        high = np.array([nearest[a] + (0 if a in flat else int(3 * spread[a] + 1)) for a in range(axes)])
        low, high = np.maximum(low, 0), np.minimum(high, np.asarray(shape) - 1)
        window = tuple(slice(a, b + 1) for a, b in zip(low, high, strict=True))
        # Centered on a sample, so that exactly one sample is a center and mirrored maps stay such maps.
        falls = [((np.arange(a, b + 1) - m) / s) ** 2 for a, b, m, s in zip(low, high, nearest, spread, strict=True)]
        kernel = np.exp(-0.5 * sum(np.ix_(*falls))).astype(np.float32)
        heat[kind[n]][window] = np.maximum(heat[kind[n]][window], kernel)
        told = (kernel >= KNOWS_SIZE) & (kernel >= highest[window])
        highest[window] = np.maximum(highest[window], kernel)
        for row, axis in enumerate(live):
            sizes[row][window][told] = np.log(max(side[n][axis], 1e-3) / usual[axis])
    return np.concatenate([heat, sizes])


def boxes_in(
    heat: NDArray[np.floating],
    sizes: NDArray[np.floating],
    *,
    usual: Sequence[float],
    above: float,
    most: int,
    most_overlap: float,
    flat: Sequence[int] = (),
) -> Found:
    """Return the boxes of maps: local maxima of each kind, placed between samples, less those that overlap a likelier one.

    heat         : (K, *S) probabilities
    sizes        : (d - len(flat), *S) log sides over the usual
    above        : least probability
    most         : boxes kept a kind, at most
    most_overlap : IoU from which on two boxes are one object
    """
    axes = heat.ndim - 1
    live = [a for a in range(axes) if a not in flat]
    centers, sides, kinds, scores = [], [], [], []
    for k, plane in enumerate(heat):
        tops = local_maxima(plane, distance=1.0, spacing=(1.0,) * axes, above=above, most=most)
        side = np.ones((len(tops.index), axes))
        for row, axis in enumerate(live):
            side[:, axis] = np.exp(sizes[(row, *tops.index.T)]) * usual[axis]
        centers.append(_between(plane, tops.index, live))
        sides.append(side)
        kinds.append(np.full(len(tops.index), k, np.intp))
        scores.append(tops.value)
    score = np.asarray(np.concatenate(scores), float)
    order = np.argsort(-score, kind="stable")
    center, side = np.concatenate(centers).astype(float)[order], np.concatenate(sides).astype(float)[order]
    kept = _apart(center, side, most_overlap)
    return Found(center=center[kept], side=side[kept], kind=np.concatenate(kinds)[order][kept], score=score[order][kept])


def _between(plane: NDArray[np.floating], index: NDArray[np.intp], live: Sequence[int]) -> NDArray[np.float64]:
    """Return maxima (N, d) where a parabola through the logarithms of neighbors along each axis has its top."""
    logs = np.log(np.maximum(plane, 1e-6))
    places = index.astype(float)
    for axis in live:
        step = np.zeros(plane.ndim, int)
        step[axis] = 1
        last = plane.shape[axis] - 1
        inner = (index[:, axis] > 0) & (index[:, axis] < last)
        at = index[inner]
        left, middle, right = (logs[tuple((at + s * step).T)] for s in (-1, 0, 1))
        bend = left - 2 * middle + right
        places[inner, axis] += np.clip(
            np.divide(0.5 * (left - right), bend, out=np.zeros_like(bend), where=bend < -1e-9), -0.5, 0.5
        )
    return places


def _apart(center: NDArray[np.float64], side: NDArray[np.float64], most_overlap: float) -> NDArray[np.intp]:
    """Return which boxes stay, of boxes in falling order of score: none that overlaps one before it by more."""
    kept: list[int] = []
    for n in range(len(center)):
        if not kept or box_iou(center[n : n + 1], side[n : n + 1], center[kept], side[kept]).max() < most_overlap:
            kept.append(n)
    return np.asarray(kept, np.intp)
