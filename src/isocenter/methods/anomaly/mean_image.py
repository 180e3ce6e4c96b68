"""Distance to the mean image: how far each sample is from its mean over normal images.

In:   pictures that lie alike.
Out:  the smoothed picture's absolute difference from the mean of smoothed normal pictures as the map.
Not:  no registration: whoever lies otherwise is abnormal everywhere.

Reference: Baur et al., Med Image Anal 2021; 69:101952 (a statistical model of intensities as the plain comparison).
Differs:   the mean alone; the difference is not divided by the deviation at its place.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from isocenter.core.method import Card
from isocenter.methods.anomaly._plain import Arrays, Images, PlainMethod
from isocenter.methods.anomaly._settings import DetectorSettings

BLUR = 1.0
"""Standard deviation of the Gaussian pictures are smoothed by before they are compared, in samples."""


@dataclass(frozen=True, kw_only=True)
class MeanImageSettings(DetectorSettings):
    """Fields are settings of the plan."""


class Distance:
    """See Rule."""

    def keep(self, images: Images, settings: MeanImageSettings) -> Arrays:
        """Keep the mean of the smoothed images (C, side, side)."""
        del settings
        return {"mean": _smoothed(images).mean(axis=0, dtype=np.float64).astype(np.float32)}

    def score(self, images: Images, arrays: Arrays, settings: MeanImageSettings) -> Images:
        """Return the absolute difference, averaged over channels."""
        del settings
        return np.asarray(np.abs(_smoothed(images) - arrays["mean"]).mean(axis=1), np.float32)


def _smoothed(images: Images) -> Images:
    return np.asarray(ndimage.gaussian_filter(images, (0, 0, BLUR, BLUR)), np.float32)


METHOD = PlainMethod(
    Card(
        name="mean_image",
        task="anomaly",
        answers=frozenset({"class"}),
        learned=False,
        cite="Baur et al., Med Image Anal 2021; 69:101952",
        differs="the mean alone, not divided by the deviation at its place",
        reads="pictures",
    ),
    Distance(),
    MeanImageSettings(),
)
