"""Intersection over union (Jaccard index) of every foreground class of a mask, and the mean over classes.

Out:  `iou_<class>` and `iou`, in [0, 1]. One side empty: 0. Both: NaN.
Reference: Jaccard, New Phytol 1912.
"""

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.mask_pair import per_class_counts
from isocenter.metrics.overlap import iou

_METHOD = "iou = TP / (TP + FP + FN); Jaccard, New Phytol 1912"


def measure(pair: Pair) -> list[Measurement]:
    """Return iou per class and its mean, inside the pair's region."""
    return per_class_counts(pair, name="iou", method=_METHOD, measure=iou)


MEASURES = ("mask",)
METRIC: CaseMetric = measure
