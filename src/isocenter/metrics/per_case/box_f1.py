"""Box F1: true and found boxes paired by overlap, each at most once, as many as possible (Hungarian).

Out:  `box_f1`, `box_precision`, `box_recall` in [0, 1] at IoU 0.5, over all kinds; `box_f1_<kind>` if there are several.
    Nothing found or nothing to find: 0; neither: NaN. Another IoU by `box_f1_at`.
Reference: Everingham et al., Int J Comput Vis 2010; 88:303 (IoU 0.5).
"""

from isocenter.core.measurement import Measurement
from isocenter.core.points import Points
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.matching import Matches, match_boxes
from isocenter.metrics.point_pair import KindPair, per_kind

LEAST_IOU = 0.5


def box_f1_at(least_iou: float = LEAST_IOU) -> CaseMetric:
    """Return the metric at an IoU in (0, 1]."""

    def match(kind: KindPair) -> Matches:
        return match_boxes(kind.truth, kind.truth_extent, kind.answer, kind.answer_extent, least_iou=least_iou)

    def measure(pair: Pair) -> list[Measurement]:
        if not isinstance(pair.truth, Points) or pair.truth.extent is None:
            return []
        method = f"boxes paired at IoU >= {least_iou:g} (Hungarian), answers of score >= 0.5"
        return per_kind(pair, name="box", method=method, match=match)

    return measure


MEASURES = ("boxes",)
METRIC: CaseMetric = box_f1_at()
