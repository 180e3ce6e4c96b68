"""Noise frequency: whether what is wrong in an answered image is fine or coarse, the center of its power spectrum.

Out:  `noise_frequency` in 1/mm (1/px where pixels have no size): mean frequency of answer minus truth, weighed by its power, in the
      plane of the first two axes, over slices and channels; NaN without any error. A filter that leaves blotches lowers it.
Reference: Siewerdsen, Cunningham & Jaffray, Med Phys 2002; 29:2655-2671 (noise power spectrum); Dolly et al., J Appl Clin Med
           Phys 2016; 17:392-411 (its mean frequency).
"""

import math

import numpy as np
from numpy.typing import NDArray

from isocenter.core.image import Image
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.image_pair import read_image_pair


def measure(pair: Pair) -> list[Measurement]:
    """Return the mean frequency of the error."""
    if not isinstance(pair.truth, Image):
        return []
    images = read_image_pair(pair)
    gap = np.where(images.inside, images.answer - images.truth, 0.0)
    x, y = gap.shape[1:3]
    window = np.hanning(x)[:, None] * np.hanning(y)[None, :]
    sheets = np.moveaxis(gap, (1, 2), (-2, -1)).reshape(-1, x, y)
    power = np.zeros((x, y))
    for sheet in sheets:
        power += np.abs(np.fft.fft2((sheet - sheet.mean()) * window)) ** 2
    value = float((_frequencies(pair.truth, x, y) * power).sum() / power.sum()) if power.sum() > 0 else math.nan
    unit = f"1/{pair.truth.grid.unit}"
    return [Measurement(case=pair.case, name="noise_frequency", value=value, unit=unit, method="center of the error's spectrum")]


def _frequencies(image: Image, x: int, y: int) -> NDArray[np.float64]:
    """Return the frequency (X, Y) of every sample of a spectrum."""
    dx, dy = image.grid.spacing[:2]
    return np.asarray(np.hypot(np.fft.fftfreq(x, dx)[:, None], np.fft.fftfreq(y, dy)[None, :]))


MEASURES = ("image",)
METRIC: CaseMetric = measure
