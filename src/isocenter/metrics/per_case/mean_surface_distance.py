"""Mean surface distance: average of the two directed means, each element weighted by its surface.

Out:  `mean_surface_distance_<class>`, `mean_surface_distance` in mm (px without a pixel size). One mask empty: NaN, and 1 in
    `mean_surface_distance_miss…`, listed apart.
Reference: Nikolov et al., arXiv:1809.04430.
"""

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics import surface_distance
from isocenter.metrics.surface_pair import distance_and_misses, pair_distances

_METHOD = "mean surface distance, weighted by surface elements, mean of both directions; Nikolov et al., arXiv:1809.04430"


def measure(pair: Pair) -> list[Measurement]:
    """Return the mean surface distance and its misses, per class and their means."""
    if not isinstance(pair.truth, Mask):
        return []
    values = {name: surface_distance.mean_surface_distance(distances) for name, distances in pair_distances(pair).items()}
    return distance_and_misses(pair, values, name="mean_surface_distance", method=_METHOD)


MEASURES = ("mask",)
METRIC: CaseMetric = measure
