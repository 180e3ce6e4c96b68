"""Prediction by a network without padding: overlapping tiles in, tiles that meet exactly out.

In:   an image (C, *S) padded by the network's field, and a fully convolutional network.
Out:  scores (K, *S') of every position; each is computed once, from all the samples of its patch.
Not:  no averaging of overlapping windows (sliding_window.py), no labels.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import PlanError
from isocenter.learning.inference.window_network import WindowNetwork


def predict_valid(
    network: WindowNetwork, image: NDArray[Any], field: Sequence[int], tile: Sequence[int], *, classes: int
) -> NDArray[np.float32]:
    """Return the scores at every position, (classes, *(S - field + 1)).

    network : (1, C, *n) -> (K, *(n - field + 1))
    image   : (C, *S)
    field   : samples per axis one output sees
    tile    : positions per axis predicted at once
    """
    shape = [n - f + 1 for n, f in zip(image.shape[1:], field, strict=True)]
    if min(shape) < 1:
        raise PlanError(f"expected an image of at least the field {tuple(field)}, got {tuple(image.shape[1:])}.")
    scores = np.empty((classes, *shape), np.float32)
    for place in tiles(shape, tile):
        seen = tuple(slice(p.start, p.stop + f - 1) for p, f in zip(place, field, strict=True))
        window = np.ascontiguousarray(image[(slice(None), *seen)], np.float32)
        scores[(slice(None), *place)] = network(window[None])[0]
    return scores


def tiles(shape: Sequence[int], tile: Sequence[int]) -> Iterator[tuple[slice, ...]]:
    """Yield where each tile lies among the positions; the last one along an axis may be smaller."""
    yield from product(*([slice(low, min(low + t, n)) for low in range(0, n, t)] for n, t in zip(shape, tile, strict=True)))


def padded(array: NDArray[Any], field: Sequence[int], *, fill: float | None = None) -> NDArray[Any]:
    """Return an array (C, *S) with as much around it as puts every sample of it in the middle of a patch.

    fill : value outside; None = the nearest sample's
    """
    around = [(0, 0), *((f // 2, f - 1 - f // 2) for f in field)]
    return np.pad(array, around, mode="edge") if fill is None else np.pad(array, around, constant_values=fill)
