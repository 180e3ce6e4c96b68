"""Boundary F1: the share of edge samples of either mask that lie within a tolerance of the other's edge.

Out:  `boundary_f1_<class>`, `boundary_f1` in [0, 1]. One mask empty: 0. Both: NaN. The tolerance is 1 mm, or 2 px where there
    are no millimetres.
Reference: Csurka et al., BMVC 2013.
"""

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics import boundary
from isocenter.metrics.mask_pair import per_class, read_mask_pair

TOLERANCE = {"mm": 1.0, "px": 2.0}


def measure(pair: Pair) -> list[Measurement]:
    """Return the boundary F1 per class and its mean."""
    if not isinstance(pair.truth, Mask):
        return []
    masks = read_mask_pair(pair)
    tolerance = TOLERANCE[masks.unit]
    return per_class(
        pair,
        name="boundary_f1",
        unit="1",
        method=f"F1 of edge samples within {tolerance:g} {masks.unit}; Csurka et al. 2013",
        measure=lambda one: boundary.boundary_f1(one.truth, one.answer, spacing=masks.spacing, tolerance=tolerance),
    )


MEASURES = ("mask",)
METRIC: CaseMetric = measure
