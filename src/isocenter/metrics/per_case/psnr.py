"""PSNR: peak signal to noise ratio, the peak being the span of the true image.

Out:  `psnr` in dB; NaN for a constant truth, and for an image without any error (it would be infinite, and no mean survives that).
Reference: Huynh-Thu & Ghanbari, Electron Lett 2008; 44:800.
"""

import math

from isocenter.core.image import Image
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.image_error import peak_signal_to_noise
from isocenter.metrics.image_pair import read_image_pair

_METHOD = "10 log10(span of the truth squared / mean squared error)"


def measure(pair: Pair) -> list[Measurement]:
    """Return the peak signal to noise ratio of an image."""
    if not isinstance(pair.truth, Image):
        return []
    value = peak_signal_to_noise(read_image_pair(pair))
    finite = math.nan if math.isinf(value) else value
    return [Measurement(case=pair.case, name="psnr", value=finite, unit="dB", method=_METHOD)]


MEASURES = ("image",)
METRIC: CaseMetric = measure
