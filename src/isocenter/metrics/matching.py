"""Which answers belong to which truths, when both are sets of places.

In:   two Points, of points or boxes, of the same kinds.
Out:  Matches: how many of each found a partner, one to one.
Not:  no curves over scores (FROC).

Reference: Kuhn, Nav Res Logist Q 1955; 2:83-97 (assignment).
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree

from isocenter.core.points import Points
from isocenter.core.record import Record


class Matches(Record):
    """Counts of one case. hits is NaN when no radius could be told."""

    hits: float
    truths: int
    answers: int

    @property
    def recall(self) -> float:
        """Share of truths found; NaN without truths."""
        return self.hits / self.truths if self.truths else math.nan

    @property
    def precision(self) -> float:
        """Share of answers that are true; NaN without answers."""
        return self.hits / self.answers if self.answers else math.nan

    @property
    def f1(self) -> float:
        """2 hits / (truths + answers); NaN when there is neither."""
        return 2 * self.hits / (self.truths + self.answers) if self.truths + self.answers else math.nan


def match_points(truth: Points, answer: Points) -> Matches:
    """Match points of one kind within half the median distance of neighboring truths, as many and as near as possible.

    That is a cell's radius where cells touch. With one truth alone there is no such distance: hits are NaN, unless nothing was
    answered.
    """
    n, m = len(truth), len(answer)
    if n == 0 or m == 0:
        return Matches(hits=0, truths=n, answers=m)
    radius = half_spacing(truth.world)
    if math.isnan(radius):
        return Matches(hits=math.nan, truths=n, answers=m)
    gap = np.linalg.norm(truth.world[:, None] - answer.world[None], axis=2)
    allowed = (gap <= radius) & _same_kind(truth, answer)
    return Matches(hits=_assigned(np.clip(1 - gap / max(radius, 1e-12), 0, 1), allowed), truths=n, answers=m)


def match_boxes(truth: Points, answer: Points, *, overlap: float) -> Matches:
    """Match boxes of one kind whose intersection over union is at least `overlap`, as many and as well as possible."""
    n, m = len(truth), len(answer)
    if n == 0 or m == 0:
        return Matches(hits=0, truths=n, answers=m)
    shared = box_overlap(truth, answer)
    allowed = (shared >= overlap) & _same_kind(truth, answer)
    return Matches(hits=_assigned(shared, allowed), truths=n, answers=m)


def half_spacing(world: NDArray[np.floating]) -> float:
    """Return half the median distance from each place to its nearest neighbor; NaN below two places."""
    if len(world) < 2:
        return math.nan
    nearest, _ = cKDTree(world).query(world, k=2)
    return float(np.median(nearest[:, 1]) / 2)


def box_overlap(first: Points, second: Points) -> NDArray[np.float64]:
    """Return intersection over union of every pair of boxes, (N, M); a place without extent is a box of size 0."""
    sizes = [np.zeros_like(p.world) if p.extent is None else p.extent for p in (first, second)]
    low = np.maximum((first.world - sizes[0] / 2)[:, None], (second.world - sizes[1] / 2)[None])
    high = np.minimum((first.world + sizes[0] / 2)[:, None], (second.world + sizes[1] / 2)[None])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    total = sizes[0].prod(axis=1)[:, None] + sizes[1].prod(axis=1)[None] - shared
    return np.asarray(shared / np.maximum(total, 1e-12))


def _same_kind(truth: Points, answer: Points) -> NDArray[np.bool_]:
    """Tell which pairs have kinds of the same name, (N, M)."""
    true = np.array([truth.names[k] for k in truth.kind], dtype=object)
    answered = np.array([answer.names[k] for k in answer.kind], dtype=object)
    return np.asarray(true[:, None] == answered[None], bool)


def _assigned(quality: NDArray[np.float64], allowed: NDArray[np.bool_]) -> int:
    """Return how many allowed pairs the best assignment holds: as many as possible, and among those the best.

    quality : (N, M) in [0, 1]
    """
    small = 1.0 / (min(allowed.shape) + 1)  # all qualities together weigh less than one pair
    rows, columns = linear_sum_assignment(np.where(allowed, 1.0 + small * quality, 0.0), maximize=True)
    return int(allowed[rows, columns].sum())
