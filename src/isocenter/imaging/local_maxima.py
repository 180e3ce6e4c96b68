"""Local maxima of a map: the places where something is most seen.

In:   a map (*S), a distance, a threshold.
Out:  indices (N, d), largest first, and their values.
Not:  no candidates learned (methods), no matching to truths (metrics).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record

MOST = 100


class Maxima(Record):
    """Places and their values."""

    index: NDArray[np.intp]
    """(N, d)"""
    value: NDArray[np.float64]
    """(N,), falling."""


def local_maxima(
    image: NDArray[Any], *, distance: float, spacing: Sequence[float], above: float = -np.inf, most: int = MOST
) -> Maxima:
    """Return the samples of (*S) that are the largest within a distance, and above a threshold.

    distance : world units; along an axis at least the nearest neighbor is looked at
    spacing  : world units per sample
    most     : kept, the largest first; of equal neighbors one is kept
    """
    values = np.asarray(image, float)
    size = [2 * max(1, round(distance / s)) + 1 for s in spacing]
    # A tie between neighbors is broken by place, so that a flat top counts once.
    order = values - 1e-9 * np.arange(values.size).reshape(values.shape) / max(values.size, 1) * (np.ptp(values) or 1.0)
    tops = (order == ndimage.maximum_filter(order, size=size, mode="constant", cval=-np.inf)) & (values > above)
    index = np.argwhere(tops)
    found = values[tops]
    best = np.argsort(-found, kind="stable")[:most]
    return Maxima(index=index[best], value=found[best])
