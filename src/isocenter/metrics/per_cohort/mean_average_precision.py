"""Mean average precision of boxes: the area under precision against recall as the least score falls, averaged over kinds.

Out:  in [0, 1], at IoU 0.5, all images pooled; the mean over the kinds that occur. NaN when no kind occurs.
    A box counts as right when it overlaps a true one of its kind that no likelier box has taken; precision is made to fall
    (the best at any larger recall), and the area is exact, not a mean over eleven points.
Reference: Everingham et al., Int J Comput Vis 2010; 88:303; the exact area as PASCAL VOC has it since 2010.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.points import Points
from isocenter.core.record import Record
from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.matching import box_iou

LEAST_IOU = 0.5


class Ranked(Record):
    """The boxes of one kind, of all images, the likeliest first."""

    image: NDArray[np.intp]
    """(M,)"""
    right: NDArray[np.bool_]
    """(M,)"""
    true: NDArray[np.float64]
    """(N,) true boxes an image."""


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the mean average precision for each row of weights."""
    pairs = [(boxes_of(t), boxes_of(a)) for t, a in zip(truths, answers, strict=True)]
    kinds = len(pairs[0][0].names) if pairs else 0
    each = (
        np.stack([average_precision_of(ranked(pairs, kind), weights) for kind in range(kinds)])
        if kinds
        else np.zeros((0, len(weights)))
    )
    known = np.isfinite(each)
    total = np.where(known, each, 0.0).sum(axis=0)
    empty = np.full(len(weights), np.nan)
    return np.asarray(np.divide(total, known.sum(axis=0), out=empty, where=known.any(axis=0)), float)


def boxes_of(value: Value) -> Points:
    """Return boxes. StudyError for anything else."""
    if not isinstance(value, Points) or value.extent is None:
        raise StudyError(
            f"expected boxes as truth and answer, got {type(value).__name__}. Ask for metrics that fit the target's type."
        )
    return value


def ranked(pairs: Sequence[tuple[Points, Points]], kind: int, *, least_iou: float = LEAST_IOU) -> Ranked:
    """Judge the boxes of a kind, image by image, the likeliest first."""
    images, rights, scores, true = [], [], [], []
    for index, (truth, answer) in enumerate(pairs):
        wanted, given = truth.kind == kind, np.flatnonzero(answer.kind == kind)
        true.append(float(wanted.sum()))
        given = given[np.argsort(-answer.score[given], kind="stable")]
        right = np.zeros(len(given), bool)
        if wanted.any() and len(given) and truth.extent is not None and answer.extent is not None:
            overlap = box_iou(truth.world[wanted], truth.extent[wanted], answer.world[given], answer.extent[given])  # (L, M)
            free = np.ones(len(overlap), bool)
            for m in range(len(given)):
                best = int(np.where(free, overlap[:, m], -1.0).argmax())
                if free[best] and overlap[best, m] >= least_iou:
                    right[m], free[best] = True, False
        images.append(np.full(len(given), index, np.intp))
        rights.append(right)
        scores.append(np.asarray(answer.score[given], float))
    order = np.argsort(-np.concatenate(scores), kind="stable")
    return Ranked(image=np.concatenate(images)[order], right=np.concatenate(rights)[order], true=np.asarray(true))


def average_precision_of(boxes: Ranked, weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the area under the falling precision for each row of weights (B, N) -> (B,); NaN without true boxes."""
    each = np.asarray(weights, float)
    out = np.full(len(each), np.nan)
    for row, weight in enumerate(each):
        true = float(weight @ boxes.true)
        if true <= 0:
            continue
        share = weight[boxes.image]
        right = np.cumsum(share * boxes.right)
        called = np.cumsum(share)
        precision = np.divide(right, called, out=np.zeros_like(right), where=called > 0)
        best = np.maximum.accumulate(precision[::-1])[::-1] if len(precision) else precision
        out[row] = float(np.sum(best * share * boxes.right) / true)
    return out


MEASURES = ("boxes",)
METRIC = CohortMetric(
    name="mean_average_precision",
    unit="1",
    function=measure,
    cite="Everingham et al., Int J Comput Vis 2010; 88:303",
    within_folds=True,
)
