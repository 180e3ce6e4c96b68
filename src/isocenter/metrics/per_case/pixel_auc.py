"""Pixel AUC: how well the probability map ranks the samples of a class above the others, inside the region.

Out:  `pixel_auc_<class>`, `pixel_auc` in [0, 1], 0.5 = chance. NaN without a probability map (settings: {keep_probability: true}),
    or when the class is absent or fills the region.
Not:  samples of one image are not independent: the interval is over cases, never over samples.
Reference: Hanley & McNeil, Radiology 1982; 143:29.
"""

import math

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.mask_pair import ClassPair, per_class, read_mask_pair
from isocenter.metrics.probability import probability_of
from isocenter.metrics.ranking import auc

_METHOD = "area under the ROC curve over the samples of the region"


def measure(pair: Pair) -> list[Measurement]:
    """Return the pixel AUC per class and its mean."""
    if not isinstance(pair.truth, Mask):
        return []
    region = read_mask_pair(pair).region

    def area(one: ClassPair) -> float:
        scores = probability_of(pair, one.name)
        if scores is None:
            return math.nan
        if region is not None:
            return auc(scores[region], one.truth[region])
        return auc(scores.reshape(-1), one.truth.reshape(-1))

    return per_class(pair, name="pixel_auc", unit="1", method=_METHOD, measure=area)


METRIC: CaseMetric = measure
