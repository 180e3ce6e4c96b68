"""What numbers a mask file holds, and what kind of mistake they are.

In:   raw samples of a mask, the number of classes.
Out:  counts by value; tests for 0/255, for anti-aliasing.
Not:  no files, no mending (stages/mend.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANY = 5
"""So many values more than classes, and a mask is not drawn but blended."""
PURE = 0.8
"""Share of samples at the two extremes in an anti-aliased two-class mask; edges are the rest."""
_SAMPLED = 2_000_000


def count_values(samples: NDArray[Any]) -> dict[float, int]:
    """Return how many samples have each value, by value. Fractions in large arrays are counted on every k-th sample."""
    flat = samples.ravel()
    if flat.dtype == np.bool_:
        flat = flat.astype(np.uint8)
    if flat.size and flat.dtype.kind == "f" and np.isfinite(flat).all() and (flat == np.round(flat)).all():
        flat = flat.astype(np.int64)
    if flat.dtype.kind in "iu" and flat.size and int(flat.min()) >= 0 and int(flat.max()) < 2**16:
        counts = np.bincount(flat.astype(np.int64, copy=False))
        return {float(v): int(counts[v]) for v in np.flatnonzero(counts)}
    values, counts = np.unique(flat[:: max(1, flat.size // _SAMPLED)], return_counts=True)
    return {float(v): int(c) for v, c in zip(values, counts, strict=True)}


def is_0_255(values: Mapping[float, int], classes: int) -> bool:
    """Tell whether a two-class mask is written as 0 and 255."""
    return classes == 2 and 255 in values and set(values) <= {0.0, 255.0}


def is_blended(values: Mapping[float, int], classes: int) -> bool:
    """Tell whether a mask is anti-aliased, JPEG-compressed, or resampled with interpolation.

    Fractions, or MANY more values than classes with most samples at as many pure values as there are classes. NaN is not blended.
    """
    if any(np.isnan(v) for v in values) or min(values, default=0) < 0:
        return False
    return len(pure_values(values, classes)) == classes and (len(values) > classes + MANY or any(v != round(v) for v in values))


def pure_values(values: Mapping[float, int], classes: int) -> tuple[float, ...]:
    """Return the values classes were drawn with before blending, sorted; () when that cannot be said.

    Two classes: the lowest and the highest value, if PURE of the samples lie within a tenth of them. More classes: the most
    frequent values, one a class, if they hold PURE of the samples.
    """
    total = sum(values.values())
    if total == 0 or len(values) < classes:
        return ()
    if classes == 2:
        low, high = min(values), max(values)
        near = sum(n for v, n in values.items() if min(v - low, high - v) <= 0.1 * (high - low))
        return (low, high) if near >= PURE * total else ()
    often = sorted(values, key=lambda v: -values[v])[:classes]
    return tuple(sorted(often)) if sum(values[v] for v in often) >= PURE * total else ()
