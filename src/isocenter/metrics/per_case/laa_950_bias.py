"""LAA-950 bias: how much more emphysema an answered CT shows than the true one.

Out:  `laa_950_bias` in percentage points: share of samples below -950 HU in the region, answer minus truth; NaN for images that are
      not in HU. Noise makes it large, smoothing makes it small, and either is a wrong diagnosis. Give lungs as the region.
Reference: Gevenois et al., Am J Respir Crit Care Med 1996; 154:187-192 (the threshold).
"""

import math

from isocenter.core.image import Image
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.image_pair import read_image_pair

LOW_HU = -950.0


def measure(pair: Pair) -> list[Measurement]:
    """Return the gap of the shares."""
    if not isinstance(pair.truth, Image):
        return []
    images = read_image_pair(pair)
    value = math.nan
    if images.unit == "HU" and images.inside.any():
        truth, answer = (float((side[images.inside] < LOW_HU).mean()) for side in (images.truth, images.answer))
        value = 100.0 * (answer - truth)
    return [Measurement(case=pair.case, name="laa_950_bias", value=value, unit="%", method=f"share below {LOW_HU:.0f} HU, gap")]


MEASURES = ("image",)
METRIC: CaseMetric = measure
