"""The surface distances of every class of a pair of masks, measured once for all metrics that need them.

In:   a Pair of masks.
Out:  SurfaceDistances by class; measurements per class, their mean, and the misses apart.
Not:  no definition of a distance (surface_distance.py).
"""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import Pair
from isocenter.metrics.mask_pair import class_name, mean_of_measured, read_mask_pair, with_mean
from isocenter.metrics.surface_distance import SurfaceDistances, surface_distances


@lru_cache(maxsize=1)
def pair_distances(pair: Pair) -> Mapping[str, SurfaceDistances]:
    """Return the surface distances of each foreground class. The last pair is kept, for the next metric of the same case."""
    masks = read_mask_pair(pair)
    return {one.name: surface_distances(one.truth, one.answer, spacing=masks.spacing) for one in masks.classes()}


def per_surface(
    pair: Pair, *, name: str, method: str, measure: Callable[[SurfaceDistances], float], unit: str | None = None
) -> list[Measurement]:
    """Measure every class from its surface distances, and the mean. unit : None = that of lengths on the grid."""
    if not isinstance(pair.truth, Mask):
        return []
    values = {one: measure(distances) for one, distances in pair_distances(pair).items()}
    return with_mean(pair, values, name=name, unit=unit or read_mask_pair(pair).unit, method=method)


def distance_and_misses(pair: Pair, values: Mapping[str, float], *, name: str, method: str) -> list[Measurement]:
    """Return a distance per class and its mean, a miss (infinite) as NaN, and the misses apart as `<name>_miss`.

    `<name>_miss_<class>` is 1 when one of the masks is empty, 0 when both have the class, NaN when neither has; `<name>_miss` is
    its mean over classes.
    """
    misses = {one: math.nan if math.isnan(value) else float(math.isinf(value)) for one, value in values.items()}
    known = {one: math.nan if math.isinf(value) else value for one, value in values.items()}
    missed = f"share of classes found in one mask only; {name} is not defined there"
    return [
        *with_mean(pair, known, name=name, unit=read_mask_pair(pair).unit, method=method),
        *(
            Measurement(case=pair.case, name=class_name(f"{name}_miss", one), value=miss, unit="1", method=missed)
            for one, miss in misses.items()
        ),
        Measurement(case=pair.case, name=f"{name}_miss", value=mean_of_measured(list(misses.values())), unit="1", method=missed),
    ]
