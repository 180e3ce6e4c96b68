"""F1 of centers: objects of a mask counted as found where their middles lie within a radius of one another, each at most once.

Out:  `center_f1_<class>`, `center_f1` in [0, 1]: the F1 of points (point_f1.py) for masks, so that outlines and dots may be
    compared. No object in one of the masks: 0. In both: NaN. Objects are numbered by the mask's file where it numbers them; else
    by connected parts (truth) or a watershed (answer). The radius is 5 of the mask's units (mm or px); another one by
    `center_f1_at`, best half the median diameter of the objects.
Reference: Kuhn 1955 (assignment); Metrics Reloaded, arXiv:2206.01653.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.measure import regionprops

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.mask_pair import ClassPair, per_class, read_mask_pair
from isocenter.metrics.matching import match_points
from isocenter.metrics.object_pair import numbered_objects
from isocenter.metrics.per_case.point_f1 import RADIUS


def center_f1_at(radius: float = RADIUS) -> CaseMetric:
    """Return the metric at a radius in the mask's unit."""
    method = f"middles of objects paired within {radius:g} mm or px (Hungarian)"

    def measure(pair: Pair) -> list[Measurement]:
        if not isinstance(pair.truth, Mask) or not isinstance(pair.answer, Mask):
            return []
        spacing = read_mask_pair(pair).spacing

        def f1(one: ClassPair) -> float:
            truth, answer = (_middles(objects, spacing) for objects in numbered_objects(pair, one))
            return match_points(truth, answer, radius=radius).f1

        return per_class(pair, name="center_f1", unit="1", method=method, measure=f1)

    return measure


def _middles(objects: NDArray[Any], spacing: Sequence[float]) -> NDArray[np.float64]:
    """Return the middle of mass (N, d) of each object, in units of `spacing`."""
    found = regionprops(objects.astype(np.int64))  # type: ignore[no-untyped-call]
    middles = np.array([o.centroid for o in found], float).reshape(-1, objects.ndim)
    return np.asarray(middles * np.asarray(spacing), float)


MEASURES = ("mask",)
METRIC: CaseMetric = center_f1_at()
