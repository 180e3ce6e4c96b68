"""Point F1: true and found points paired within a radius, each at most once, as many as possible (Hungarian).

Out:  `point_f1`, `point_precision`, `point_recall` in [0, 1], over all kinds; `point_f1_<kind>` if there are several.
    Nothing found or nothing to find: 0; neither: NaN. The radius is 5 of the world's units (mm, um or px); another one by
    `point_f1_at`. A study takes half the median diameter of the objects by itself, where the files of its dots tell sizes.
Reference: Kuhn 1955 (assignment); Metrics Reloaded, arXiv:2206.01653.
"""

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.core.value import PLACES
from isocenter.metrics.matching import match_points
from isocenter.metrics.point_pair import per_kind

RADIUS = 5.0


def point_f1_at(radius: float = RADIUS) -> CaseMetric:
    """Return the metric at a radius in the world's unit."""

    def measure(pair: Pair) -> list[Measurement]:
        method = f"points paired within {radius:g} world units (Hungarian), answers of score >= 0.5"
        return per_kind(pair, name="point", method=method, match=lambda k: match_points(k.truth, k.answer, radius=radius))

    return measure


MEASURES = PLACES
METRIC: CaseMetric = point_f1_at()
