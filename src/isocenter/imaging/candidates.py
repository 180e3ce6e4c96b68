"""Candidates: where a probability map says that something is, how large, and how sure.

In:   a probability map (*S).
Out:  one place, size and value a candidate, the surest first.
Not:  nothing is learned, and no truth is looked at.

Reference: Neubeck & Van Gool, Efficient non-maximum suppression, ICPR 2006; Beucher & Lantuejoul, Rennes 1979 (watershed).
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.errors import SettingError, unknown
from isocenter.core.record import Record
from isocenter.imaging.local_maxima import MOST, local_maxima
from isocenter.imaging.watershed import split_objects

HALF = 0.5
"""A candidate of suppression reaches as far as half of its value."""


class Candidates(Record):
    """N candidates of one map."""

    index: NDArray[np.float64]
    """(N, d), the middle, in samples."""
    extent: NDArray[np.float64]
    """(N, d), full size of the box around it, in samples."""
    value: NDArray[np.float64]
    """(N,), the largest probability, falling."""


def find_candidates(
    probability: NDArray[np.floating], *, how: str, distance: float, spacing: Sequence[float], above: float, most: int = MOST
) -> Candidates:
    """Return the candidates of a map.

    probability : (*S) in [0, 1]
    how         : "suppression" (maxima, no two within `distance`) or "watershed" (regions above `above`, parted by watershed).
                  SettingError for another
    distance    : world units
    spacing     : world units per sample
    above       : least probability
    most        : kept, the surest first
    """
    if how not in WAYS:
        raise SettingError(unknown("way to find candidates", how, tuple(WAYS)))
    index, extent, value = WAYS[how](np.asarray(probability, np.float32), distance, spacing, above)
    best = np.argsort(-value, kind="stable")[:most]
    return Candidates(index=index[best], extent=extent[best], value=value[best])


Found = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _by_suppression(probability: NDArray[np.float32], distance: float, spacing: Sequence[float], above: float) -> Found:
    maxima = local_maxima(probability, distance=distance, spacing=spacing, above=above)
    places, extents = [], []
    for at, value in zip(maxima.index, maxima.value, strict=True):
        reach = [max(1, round(2 * distance / s)) for s in spacing]
        window = tuple(slice(max(0, int(i) - r), int(i) + r + 1) for i, r in zip(at, reach, strict=True))
        parts, _ = ndimage.label(probability[window] >= HALF * value)
        first = np.array([part.start for part in window])
        inside = np.argwhere(parts == parts[tuple(at - first)]) + first
        low, high = inside.min(axis=0), inside.max(axis=0)
        places.append(at.astype(float))
        extents.append((high - low + 1).astype(float))
    return _stacked(places, extents, list(maxima.value), probability.ndim)


def _by_watershed(probability: NDArray[np.float32], distance: float, spacing: Sequence[float], above: float) -> Found:
    del distance
    objects = split_objects(probability > above, probability=probability, spacing=spacing)
    places, extents, values = [], [], []
    for number, window in enumerate(ndimage.find_objects(objects), start=1):
        if window is None:
            continue
        inside = objects[window] == number
        weight = probability[window] * inside
        first = np.array([part.start for part in window])
        places.append(np.argwhere(inside).T @ weight[inside] / weight.sum() + first)
        extents.append(np.array([part.stop - part.start for part in window], float))
        values.append(float(weight.max()))
    return _stacked(places, extents, values, probability.ndim)


def _stacked(places: list[NDArray[np.float64]], extents: list[NDArray[np.float64]], values: list[float], axes: int) -> Found:
    return np.reshape(places, (-1, axes)).astype(float), np.reshape(extents, (-1, axes)).astype(float), np.asarray(values, float)


WAYS: dict[str, Callable[[NDArray[np.float32], float, Sequence[float], float], Found]] = {
    "suppression": _by_suppression,
    "watershed": _by_watershed,
}
