"""Wall distance: how far each wall of a structure's box is answered from where it is, the mean over its walls.

Out:  `box_wall_distance` in mm (pictures: units of their world), `box_wall_distance_<kind>` if there are several; a structure that
      only truth or answer has: NaN, and 1 in `box_wall_distance_miss…`, listed apart.
Reference: de Vos et al., IEEE Trans Med Imaging 2017; 36:1470-1481.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.structures import Structure, apart

_METHOD = "mean distance of the walls of the true box to those of the surest one of its kind, of score >= 0.5"


def measure(pair: Pair) -> list[Measurement]:
    """Return the distance per structure and its mean, and the misses."""
    return apart(pair, name="box_wall_distance", kind="boxes", method=_METHOD, distance=wall_distance)


def wall_distance(paired: Structure) -> NDArray[np.float64]:
    """Return the mean distance between corresponding walls of each pair of boxes, (N,)."""
    middle, half = paired.answer - paired.truth, (paired.answer_extent - paired.truth_extent) / 2
    walls = np.concatenate([middle - half, middle + half], axis=1)  # (N, 2 d): low walls, high walls
    return np.asarray(np.abs(walls).mean(axis=1), float)


MEASURES = ("boxes",)
METRIC: CaseMetric = measure
