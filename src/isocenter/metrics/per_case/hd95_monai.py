"""HD95 by MONAI's definition: 95th percentile of the distances between edge samples, unweighted, larger of both directions.

Out:  `hd95_monai_<class>`, `hd95_monai` in mm (px without a pixel size). One mask empty: NaN, and 1 in `hd95_monai_miss…`.
Reference: MONAI, compute_hausdorff_distance(percentile=95, spacing=...).
"""

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.edge_distance import edge_hausdorff
from isocenter.metrics.mask_pair import read_mask_pair
from isocenter.metrics.surface_pair import distance_and_misses

_METHOD = "HD95 between edge samples, unweighted, larger of both directions; as MONAI's compute_hausdorff_distance"


def measure(pair: Pair) -> list[Measurement]:
    """Return MONAI's HD95 and its misses, per class and their means."""
    if not isinstance(pair.truth, Mask):
        return []
    masks = read_mask_pair(pair)
    values = {one.name: edge_hausdorff(one.truth, one.answer, spacing=masks.spacing) for one in masks.classes()}
    return distance_and_misses(pair, values, name="hd95_monai", method=_METHOD)


MEASURES = ("mask",)
METRIC: CaseMetric = measure
