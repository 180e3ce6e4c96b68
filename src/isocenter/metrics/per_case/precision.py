"""Voxel precision of every foreground class of a mask, and the mean over classes.

Out:  `precision_<class>` and `precision`, in [0, 1]. Answer empty: NaN.
Reference: Metrics Reloaded, arXiv:2206.01653.
"""

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.mask_pair import per_class_counts
from isocenter.metrics.overlap import precision

_METHOD = "precision = TP / (TP + FP); Metrics Reloaded, arXiv:2206.01653"


def measure(pair: Pair) -> list[Measurement]:
    """Return precision per class and its mean, inside the pair's region."""
    return per_class_counts(pair, name="precision", method=_METHOD, measure=precision)


MEASURES = ("mask",)
METRIC: CaseMetric = measure
