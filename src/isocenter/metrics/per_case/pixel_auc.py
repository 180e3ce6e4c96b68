"""Pixel AUC: how well the probability map ranks the samples of a class above the others, inside the region.

Out:  `pixel_auc_<class>`, `pixel_auc` in [0, 1], 0.5 = chance. NaN without a probability map (settings: {keep_probability: true}),
    or when the class is absent or fills the region.
Not:  samples of one image are not independent: the interval is over cases, never over samples.
Reference: Hanley & McNeil, Radiology 1982; 143:29.
"""

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.pixel_ranking import per_pixel
from isocenter.metrics.ranking import auc

_METHOD = "area under the ROC curve over the samples of the region"


def measure(pair: Pair) -> list[Measurement]:
    """Return the pixel AUC per class and its mean."""
    return per_pixel(pair, name="pixel_auc", method=_METHOD, rank=auc)


MEASURES = ("mask",)
METRIC: CaseMetric = measure
