"""Dice, IoU, precision and recall from counts.

In:   the four counts of one class (confusion.py).
Out:  a ratio in [0, 1]. One side empty: Dice and IoU are 0. Both empty: NaN, never 1.
Not:  no averaging over classes or cases; no boundaries (surface_distance.py).
Reference: Dice, Ecology 1945; 26:297. Empty masks after Metrics Reloaded, Maier-Hein et al., Nat Methods 2024, arXiv:2206.01653.
"""

import math

from isocenter.metrics.confusion import Counts


def dice(counts: Counts) -> float:
    """Return 2 TP / (2 TP + FP + FN). NaN when truth and answer are both empty, 0 when one is."""
    return _ratio(2 * counts.tp, 2 * counts.tp + counts.fp + counts.fn)


def iou(counts: Counts) -> float:
    """Return TP / (TP + FP + FN), the Jaccard index. NaN when truth and answer are both empty, 0 when one is."""
    return _ratio(counts.tp, counts.tp + counts.fp + counts.fn)


def precision(counts: Counts) -> float:
    """Return TP / (TP + FP). NaN when the answer is empty: nothing was claimed."""
    return _ratio(counts.tp, counts.tp + counts.fp)


def recall(counts: Counts) -> float:
    """Return TP / (TP + FN), the sensitivity. NaN when the truth is empty: there was nothing to find."""
    return _ratio(counts.tp, counts.tp + counts.fn)


def specificity(counts: Counts) -> float:
    """Return TN / (TN + FP). NaN when the truth fills the region."""
    return _ratio(counts.tn, counts.tn + counts.fp)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
