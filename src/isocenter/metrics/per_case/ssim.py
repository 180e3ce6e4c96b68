"""SSIM: structural similarity to the true image, windows of 7 samples.

Out:  `ssim` in [-1, 1], 1 = equal; only inside the region. NaN for a constant truth or an image smaller than a window.
Reference: Wang et al., IEEE Trans Image Process 2004; 13:600.
"""

from isocenter.core.image import Image
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.image_error import structural_similarity_index
from isocenter.metrics.image_pair import read_image_pair

_METHOD = "SSIM, uniform windows of 7 samples, range = span of the truth; Wang et al. 2004"


def measure(pair: Pair) -> list[Measurement]:
    """Return the structural similarity of an image."""
    if not isinstance(pair.truth, Image):
        return []
    value = structural_similarity_index(read_image_pair(pair))
    return [Measurement(case=pair.case, name="ssim", value=value, unit="1", method=_METHOD)]


MEASURES = ("image",)
METRIC: CaseMetric = measure
