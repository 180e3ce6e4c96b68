"""Description: numbers that tell one exam from another, for the question whether a network has seen anything like it.

In:   an item, and what the network makes of it: its features averaged over places.
Out:  (F,): those features, and per channel of every input a coarse picture, quantiles, and how rough it is along each axis.
Not:  no judgment (learning/unlikeness.py).

Features learned to tell classes apart forget what is the same in all of them, so an exam of another kind can look ordinary to them
(noise, to a network of radiographs). The plain numbers of the image see it; the features see what is subtle.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import adaptive_avg_pool2d, adaptive_avg_pool3d

from isocenter.learning.exam.items import Item

SIDE = {2: 6, 3: 4}
"""Samples a side of the coarse picture, by dimensions."""
QUANTILES = (0.02, 0.10, 0.25, 0.50, 0.75, 0.90, 0.98)
COUNTED = 20_000
"""Samples of a channel that quantiles are taken of, evenly spread, so that a volume takes no longer than a picture."""
SMOOTH = 1e-3
"""Roughness of a constant image."""


def describe(item: Item, pooled: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return an item's description (F,); NaN for an input it lacks. pooled : (P,), the network's features averaged over places."""
    return np.concatenate([np.asarray(pooled, np.float64), *(_of_input(item, index) for index in range(len(item.views)))])


def blocks_of(item: Item, pooled: int) -> tuple[int, ...]:
    """Return the widths of a description's blocks: the network's features, then each input's numbers."""
    return (pooled, *(view.shape[1] * _count(view.ndim - 2) for view in item.views))


def _count(dimensions: int) -> int:
    return int(SIDE[dimensions] ** dimensions) + len(QUANTILES) + dimensions


def _of_input(item: Item, index: int) -> NDArray[np.float64]:
    """Return one input's numbers, averaged over the instances that show it (B, C, *size)."""
    view, shown = item.views[index], item.present[:, index] > 0
    dimensions = view.ndim - 2
    if not shown.any():
        return np.full(view.shape[1] * _count(dimensions), np.nan)
    samples = torch.from_numpy(np.ascontiguousarray(view[shown]))  # (b, C, *size)
    coarse = (adaptive_avg_pool2d if dimensions == 2 else adaptive_avg_pool3d)(samples, SIDE[dimensions]).flatten(2)  # (b, C, s)
    flat = samples.flatten(2)
    levels = np.quantile(flat[..., :: max(1, flat.shape[2] // COUNTED)].numpy(), QUANTILES, axis=2)  # (q, b, C)
    rough = [np.log(samples.diff(dim=axis).abs().flatten(2).mean(dim=2).numpy() + SMOOTH) for axis in range(2, 2 + dimensions)]
    numbers = np.concatenate([coarse.numpy(), np.moveaxis(levels, 0, 2), np.stack(rough, axis=2)], axis=2)  # (b, C, n)
    return np.asarray(numbers.mean(axis=0), np.float64).reshape(-1)
