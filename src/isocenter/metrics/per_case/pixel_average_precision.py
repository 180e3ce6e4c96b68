"""Pixel average precision: the precision-recall curve of the probability map of a class, inside the region, as one number.

Out:  `pixel_average_precision_<class>`, `pixel_average_precision` in [0, 1]; chance is the share of samples of the class. NaN
    without a probability map, or when the class is absent.
Not:  samples of one image are not independent: the interval is over cases, never over samples.
Reference: Saito & Rehmsmeier, PLoS One 2015; 10:e0118432.
"""

import math

import numpy as np

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.mask_pair import ClassPair, per_class, read_mask_pair
from isocenter.metrics.precision_recall import average_precision
from isocenter.metrics.probability import probability_of

_METHOD = "average precision over the samples of the region"


def measure(pair: Pair) -> list[Measurement]:
    """Return the pixel average precision per class and its mean."""
    if not isinstance(pair.truth, Mask):
        return []
    region = read_mask_pair(pair).region

    def area(one: ClassPair) -> float:
        scores = probability_of(pair, one.name)
        if scores is None:
            return math.nan
        inside = np.ones(one.truth.shape, bool) if region is None else region
        return float(average_precision(scores[inside], one.truth[inside], np.ones((1, int(inside.sum()))))[0])

    return per_class(pair, name="pixel_average_precision", unit="1", method=_METHOD, measure=area)


METRIC: CaseMetric = measure
