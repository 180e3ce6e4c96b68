"""Peak signal-to-noise ratio: the range of the true image over the root mean square error, in decibels.

Out:  `psnr` in dB. Equal images: NaN (no error to compare with), as a flat truth.
Reference: Huynh-Thu & Ghanbari, Electron Lett 2008; 44:800-801.
Differs:   the peak is the range of each true image, since medical images have no fixed one.
"""

import numpy as np

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.image_pair import read_image_pair

_METHOD = "20 log10(range of the truth / root mean square error); Huynh-Thu & Ghanbari, Electron Lett 2008"


def measure(pair: Pair) -> list[Measurement]:
    """Return the ratio; nothing unless truth and answer are images."""
    images = read_image_pair(pair)
    if images is None:
        return []
    value = float("nan")
    if images.truth.size:
        error = float(np.sqrt(((images.answer - images.truth) ** 2).mean()))
        span = float(np.ptp(images.truth))
        if error > 0 and span > 0:
            value = 20 * float(np.log10(span / error))
    return [Measurement(case=pair.case, name="psnr", value=value, unit="dB", method=_METHOD)]


METRIC: CaseMetric = measure
