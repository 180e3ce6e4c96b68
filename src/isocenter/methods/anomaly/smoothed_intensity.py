"""Smoothed intensity: what is brighter than is usual there is nowhere asked; what is bright is abnormal.

In:   pictures; nothing is learned.
Out:  the smoothed picture as the map; the mean of its brightest part as the score. `dark: true` looks for what is dark instead.
Not:  no knowledge of anatomy: fluid in T2, or fat, is as abnormal to it as a lesion.

Reference: Meissen, Kaissis & Rueckert, BrainLes 2021, LNCS 13158:63-74 (a threshold on intensity beats many learned detectors).
Differs:   no histogram equalization: the frame's percentiles bring the intensities to one scale.
"""

from dataclasses import dataclass

import numpy as np

from isocenter.core.method import Card
from isocenter.methods.anomaly._plain import Arrays, Images, PlainMethod
from isocenter.methods.anomaly._settings import DetectorSettings


@dataclass(frozen=True, kw_only=True)
class IntensitySettings(DetectorSettings):
    """Fields are settings of the plan."""

    smooth: float = 1.5
    dark: bool = False
    """Whether what is dark, and not what is bright, is abnormal."""


class Bright:
    """See Rule."""

    def keep(self, images: Images, settings: IntensitySettings) -> Arrays:
        """Keep nothing but a placeholder: a file of no arrays cannot be read everywhere."""
        del images, settings
        return {"none": np.zeros(1, np.float32)}

    def score(self, images: Images, arrays: Arrays, settings: IntensitySettings) -> Images:
        """Return the intensities in [0, 1], or 1 minus them; the smoothing is every map's."""
        del arrays
        bright = (images.mean(axis=1) + 1.0) / 2.0
        return np.asarray(1.0 - bright if settings.dark else bright, np.float32)


METHOD = PlainMethod(
    Card(
        name="smoothed_intensity",
        task="anomaly",
        answers=frozenset({"class"}),
        learned=False,
        cite="Meissen, Kaissis & Rueckert, BrainLes 2021, LNCS 13158:63-74",
        differs="no histogram equalization",
        reads="pictures",
    ),
    Bright(),
    IntensitySettings(),
)
