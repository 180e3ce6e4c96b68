"""Centerline Dice (clDice): how well vessels and airways agree in their course, whatever their width.

Out:  `centerline_dice_<class>`, `centerline_dice` in [0, 1]. One mask empty: 0. Both: NaN.
Reference: Shit et al., CVPR 2021, arXiv:2003.07311.
"""

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics import centerline
from isocenter.metrics.mask_pair import per_class

_METHOD = "clDice, harmonic mean of the shares of either centerline inside the other mask; Shit et al., arXiv:2003.07311"


def measure(pair: Pair) -> list[Measurement]:
    """Return clDice per class and its mean."""
    return per_class(
        pair,
        name="centerline_dice",
        unit="1",
        method=_METHOD,
        measure=lambda one: centerline.centerline_dice(one.truth, one.answer),
    )


MEASURES = ("mask",)
METRIC: CaseMetric = measure
