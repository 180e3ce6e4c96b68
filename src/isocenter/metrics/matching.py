"""Pair found objects with true ones, each at most once.

In:   places (N, d) or boxes (N, d) with their size, of truth and answer.
Out:  Matches: how many pairs, how many of each side left over.
Not:  no scores are ranked (FROC and average precision over scores belong to detection).
Reference: Kuhn, Nav Res Logist Q 1955; 2:83 (the Hungarian method).
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from isocenter.core.record import Record


class Matches(Record):
    """Pairs and what is left over."""

    paired: int
    extra: int
    """Answers without a true object."""
    missed: int
    """True objects without an answer."""

    @property
    def precision(self) -> float:
        """Share of the answers that are right; NaN without answers."""
        answers = self.paired + self.extra
        return self.paired / answers if answers else math.nan

    @property
    def recall(self) -> float:
        """Share of the true objects that were found; NaN without true objects."""
        truths = self.paired + self.missed
        return self.paired / truths if truths else math.nan

    @property
    def f1(self) -> float:
        """2 TP / (2 TP + FP + FN): 0 when one side is empty, NaN when both are."""
        whole = 2 * self.paired + self.extra + self.missed
        return 2 * self.paired / whole if whole else math.nan

    @property
    def critical_success(self) -> float:
        """TP / (TP + FP + FN), what the 2018 Data Science Bowl calls precision: 0 when one side is empty, NaN when both are."""
        whole = self.paired + self.extra + self.missed
        return self.paired / whole if whole else math.nan


def match_points(truth: NDArray[np.floating], answer: NDArray[np.floating], *, radius: float) -> Matches:
    """Pair as many points as lie within `radius` of one another; among such pairings, the closest.

    truth  : (N, d), answer : (M, d), in one world
    radius : in the world's unit; a distance equal to it counts
    """
    if not len(truth) or not len(answer):
        return Matches(paired=0, extra=len(answer), missed=len(truth))
    distance = cdist(np.asarray(truth, float), np.asarray(answer, float))
    return match_allowed(-distance, distance <= radius)


def match_boxes(
    truth: NDArray[np.floating],
    truth_extent: NDArray[np.floating],
    answer: NDArray[np.floating],
    answer_extent: NDArray[np.floating],
    *,
    least_iou: float,
) -> Matches:
    """Pair as many boxes as overlap by `least_iou` or more; among such pairings, those that overlap most.

    truth, answer               : (N, d) and (M, d), centers
    truth_extent, answer_extent : (N, d) and (M, d), full sizes
    least_iou                   : in (0, 1]
    """
    if not len(truth) or not len(answer):
        return Matches(paired=0, extra=len(answer), missed=len(truth))
    overlap = box_iou(truth, truth_extent, answer, answer_extent)
    return match_allowed(overlap, overlap >= least_iou)


def box_iou(
    truth: NDArray[np.floating],
    truth_extent: NDArray[np.floating],
    answer: NDArray[np.floating],
    answer_extent: NDArray[np.floating],
) -> NDArray[np.float64]:
    """Return the IoU (N, M) of axis-aligned boxes given by center and full size; 0 where both have no volume."""
    low = np.maximum((truth - truth_extent / 2)[:, None], (answer - answer_extent / 2)[None])
    high = np.minimum((truth + truth_extent / 2)[:, None], (answer + answer_extent / 2)[None])
    shared = np.clip(high - low, 0.0, None).prod(axis=2)
    union = truth_extent.prod(axis=1)[:, None] + answer_extent.prod(axis=1)[None] - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


def match_allowed(quality: NDArray[np.floating], allowed: NDArray[np.bool_]) -> Matches:
    """Pair rows (truth) and columns (answer) that are allowed: first as many as possible, then of the best quality.

    quality : (N, M), larger is better
    allowed : (N, M)
    """
    span = float(np.ptp(quality)) + 1.0
    # One pair more always outweighs the quality of all the others.
    gain = np.where(allowed, span * min(quality.shape) + quality - quality.min(), 0.0)
    rows, columns = linear_sum_assignment(gain, maximize=True)
    paired = int(np.count_nonzero(allowed[rows, columns]))
    return Matches(paired=paired, extra=quality.shape[1] - paired, missed=quality.shape[0] - paired)
