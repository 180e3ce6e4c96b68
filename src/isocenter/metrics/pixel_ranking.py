"""How well a probability map ranks the samples of a class above the others, inside the region: what pixel metrics share.

In:   a pair of masks whose answer carries a probability map; a number of scores and truths.
Out:  that number for each class and its mean; NaN where there is no map.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from isocenter.core.mask import Mask
from isocenter.core.measurement import Measurement
from isocenter.core.task import Pair
from isocenter.metrics.mask_pair import ClassPair, per_class, read_mask_pair
from isocenter.metrics.probability import probability_of


def per_pixel(
    pair: Pair, *, name: str, method: str, rank: Callable[[NDArray[np.float64], NDArray[np.bool_]], float]
) -> list[Measurement]:
    """Return `<name>_<class>` and `<name>`. Nothing where the truth is no mask.

    rank : (scores (N,), truths (N,)) of the samples that count
    """
    if not isinstance(pair.truth, Mask):
        return []
    region = read_mask_pair(pair).region

    def area(one: ClassPair) -> float:
        scores = probability_of(pair, one.name)
        if scores is None:
            return math.nan
        inside = np.ones(one.truth.shape, bool) if region is None else region
        return rank(scores[inside], one.truth[inside])

    return per_class(pair, name=name, unit="1", method=method, measure=area)
