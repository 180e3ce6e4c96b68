"""Dice similarity of every foreground class of a mask, and the mean over classes.

Out:  `dice_<class>` and `dice`, in [0, 1]. One side empty: 0. Both: NaN.
Reference: Dice, Ecology 1945.
"""

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.mask_pair import per_class_counts
from isocenter.metrics.overlap import dice

_METHOD = "dice = 2 TP / (2 TP + FP + FN); Dice, Ecology 1945"


def measure(pair: Pair) -> list[Measurement]:
    """Return dice per class and its mean, inside the pair's region."""
    return per_class_counts(pair, name="dice", method=_METHOD, measure=dice)


MEASURES = ("mask",)
METRIC: CaseMetric = measure
