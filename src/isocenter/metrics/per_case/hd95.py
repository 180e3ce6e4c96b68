"""HD95: the distance within which 95 % of either surface lies from the other, each element weighted by its surface.

Out:  `hd95_<class>`, `hd95` in mm (px without a pixel size). One mask empty: NaN, and 1 in `hd95_miss…`, listed apart.
Not:  not MONAI's definition (hd95_monai.py); the two differ.
Reference: Nikolov et al., arXiv:1809.04430.
"""

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.surface_distance import robust_hausdorff
from isocenter.metrics.surface_pair import distance_and_misses, pair_distances

_METHOD = "HD95, weighted by surface elements, larger of both directions; Nikolov et al., arXiv:1809.04430"


def measure(pair: Pair) -> list[Measurement]:
    """Return HD95 and its misses, per class and their means."""
    if not isinstance(pair.truth, Mask):
        return []
    values = {name: robust_hausdorff(distances) for name, distances in pair_distances(pair).items()}
    return distance_and_misses(pair, values, name="hd95", method=_METHOD)


MEASURES = ("mask",)
METRIC: CaseMetric = measure
