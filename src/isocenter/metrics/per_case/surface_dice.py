"""Surface Dice: the share of both surfaces that lies within a tolerance of the other.

Out:  `surface_dice_<class>`, `surface_dice` in [0, 1]. One mask empty: 0. Both: NaN. The tolerance is 1 mm, or 2 px where there are
    no millimetres; another one by `surface_dice_at`.
Reference: Nikolov et al., arXiv:1809.04430.
"""

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics import surface_distance
from isocenter.metrics.mask_pair import read_mask_pair
from isocenter.metrics.surface_pair import per_surface

TOLERANCE = {"mm": 1.0, "px": 2.0}


def surface_dice_at(tolerance: float | None = None) -> CaseMetric:
    """Return the metric at a tolerance in units of the grid; None = 1 mm or 2 px."""

    def measure(pair: Pair) -> list[Measurement]:
        if not isinstance(pair.truth, Mask):
            return []
        unit = read_mask_pair(pair).unit
        chosen = TOLERANCE[unit] if tolerance is None else tolerance
        return per_surface(
            pair,
            name="surface_dice",
            unit="1",
            method=f"surface Dice at {chosen:g} {unit}; Nikolov et al., arXiv:1809.04430",
            measure=lambda distances: surface_distance.surface_dice(distances, tolerance=chosen),
        )

    return measure


MEASURES = ("mask",)
METRIC: CaseMetric = surface_dice_at()
