"""Image error: the mean absolute difference from the true image.

Out:  `image_error`, in the unit of the image, >= 0; only inside the region. NaN without samples.
Reference: Willmott & Matsuura, Clim Res 2005; 30:79 (mean absolute error).
"""

from isocenter.core.image import Image
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.image_error import mean_absolute_error
from isocenter.metrics.image_pair import read_image_pair


def measure(pair: Pair) -> list[Measurement]:
    """Return the mean absolute error of an image."""
    if not isinstance(pair.truth, Image):
        return []
    images = read_image_pair(pair)
    value = mean_absolute_error(images)
    return [Measurement(case=pair.case, name="image_error", value=value, unit=images.unit, method="mean absolute error")]


MEASURES = ("image",)
METRIC: CaseMetric = measure
