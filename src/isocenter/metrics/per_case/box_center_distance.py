"""Center distance: how far the middle of a structure's box is answered from where it is.

Out:  `box_center_distance` in mm (pictures: units of their world), `box_center_distance_<kind>` if there are several; a structure
      that only truth or answer has: NaN, and 1 in `box_center_distance_miss…`, listed apart.
Reference: de Vos et al., IEEE Trans Med Imaging 2017; 36:1470-1481.
"""

import numpy as np

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.structures import apart

_METHOD = "Euclidean distance between the middles of the true box and of the surest one of its kind, of score >= 0.5"


def measure(pair: Pair) -> list[Measurement]:
    """Return the distance per structure and its mean, and the misses."""
    return apart(
        pair,
        name="box_center_distance",
        kind="boxes",
        method=_METHOD,
        distance=lambda s: np.asarray(np.linalg.norm(s.answer - s.truth, axis=1), float),
    )


MEASURES = ("boxes",)
METRIC: CaseMetric = measure
