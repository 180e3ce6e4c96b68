"""Pixel average precision: the precision-recall curve of the probability map of a class, inside the region, as one number.

Out:  `pixel_average_precision_<class>`, `pixel_average_precision` in [0, 1]; chance is the share of samples of the class. NaN
    without a probability map, or when the class is absent.
Not:  samples of one image are not independent: the interval is over cases, never over samples.
Reference: Saito & Rehmsmeier, PLoS One 2015; 10:e0118432.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.pixel_ranking import per_pixel
from isocenter.metrics.precision_recall import average_precision

_METHOD = "average precision over the samples of the region"


def measure(pair: Pair) -> list[Measurement]:
    """Return the pixel average precision per class and its mean."""
    return per_pixel(pair, name="pixel_average_precision", method=_METHOD, rank=_precision)


def _precision(scores: NDArray[np.float64], truths: NDArray[np.bool_]) -> float:
    return float(average_precision(scores, truths, np.ones((1, len(scores))))[0])


MEASURES = ("mask",)
METRIC: CaseMetric = measure
