"""Voxel recall (sensitivity) of every foreground class of a mask, and the mean over classes.

Out:  `recall_<class>` and `recall`, in [0, 1]. Truth empty: NaN.
Reference: Metrics Reloaded, arXiv:2206.01653.
"""

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.mask_pair import per_class_counts
from isocenter.metrics.overlap import recall

_METHOD = "recall = TP / (TP + FN); Metrics Reloaded, arXiv:2206.01653"


def measure(pair: Pair) -> list[Measurement]:
    """Return recall per class and its mean, inside the pair's region."""
    return per_class_counts(pair, name="recall", method=_METHOD, measure=recall)


MEASURES = ("mask",)
METRIC: CaseMetric = measure
