"""Image error: the mean absolute difference of samples.

Out:  `image_error` in the image's unit, >= 0. NaN without samples.
Reference: Willmott & Matsuura, Clim Res 2005; 30:79.
"""

import numpy as np

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.image_pair import read_image_pair

_METHOD = "mean absolute difference of samples; Willmott & Matsuura, Clim Res 2005"


def measure(pair: Pair) -> list[Measurement]:
    """Return the error; nothing unless truth and answer are images."""
    images = read_image_pair(pair)
    if images is None:
        return []
    value = float(np.abs(images.answer - images.truth).mean()) if images.truth.size else float("nan")
    return [Measurement(case=pair.case, name="image_error", value=value, unit=images.unit, method=_METHOD)]


METRIC: CaseMetric = measure
