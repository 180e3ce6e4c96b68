"""Landmark error: how far a landmark is answered from where it is.

Out:  `landmark_error` in mm (in pictures, units of their world), `landmark_error_<kind>` if there are several; a landmark that only
      truth or answer has: NaN, and 1 in `landmark_error_miss…`, listed apart.
Reference: Wang et al., Med Image Anal 2016; 31:63-76 (mean radial error of landmarks).
"""

import numpy as np

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.structures import apart

_METHOD = "Euclidean distance of the surest answer of each kind, of score >= 0.5, to the true place"


def measure(pair: Pair) -> list[Measurement]:
    """Return the distance per landmark and its mean, and the misses."""
    return apart(
        pair,
        name="landmark_error",
        kind="points",
        method=_METHOD,
        distance=lambda s: np.asarray(np.linalg.norm(s.answer - s.truth, axis=1), float),
    )


MEASURES = ("points",)
METRIC: CaseMetric = measure
