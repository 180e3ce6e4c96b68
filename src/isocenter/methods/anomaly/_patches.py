"""Patches of framed images: cut at random to learn from, and everywhere to make a map of.

In:   images (N, C, side, side) in [-1, 1].
Out:  patches (M, C, p, p); maps (N, side, side), each sample the mean over the patches that hold it.
"""

from collections.abc import Callable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Images = NDArray[np.float32]
Judge = Callable[[Images], Images]
"""Patches (M, C, p, p) -> how unlike normal, (M,) or (M, p, p)."""

SHOWS_NOTHING = 0.02
"""Standard deviation, as a share of the frame's range, below which a patch is left out: it is background."""
AT_ONCE = 2048
"""Patches judged together."""


def cut(images: Images, patch: int, count: int, rng: np.random.Generator) -> Images:
    """Return `count` patches at random places that show something; ever the same for a generator's state."""
    side = images.shape[-1]
    found: list[Images] = []
    for _ in range(50 * count):
        if len(found) == count:
            break
        image = images[int(rng.integers(len(images)))]
        x, y = (int(k) for k in rng.integers(0, side - patch + 1, 2))
        piece = image[:, x : x + patch, y : y + patch]
        if float(piece.std()) > 2 * SHOWS_NOTHING:
            found.append(piece)
    return np.stack(found) if found else np.repeat(images[:1, :, :patch, :patch], 2, axis=0)


def spread(images: Images, patch: int, step: int, judge: Judge) -> Images:
    """Return a map of each image; samples that lie in no patch with something in it are 0."""
    side = images.shape[-1]
    edge = patch // 2
    out = np.zeros((len(images), side, side), np.float32)
    for index, image in enumerate(images):
        wide = np.pad(image, ((0, 0), (edge, edge), (edge, edge)), mode="edge")
        windows = sliding_window_view(wide, (patch, patch), axis=(1, 2))[:, ::step, ::step]  # (C, a, b, p, p)
        a, b = windows.shape[1:3]
        pieces = windows.transpose(1, 2, 0, 3, 4).reshape(a * b, -1, patch, patch)
        there = np.flatnonzero(pieces.std(axis=(1, 2, 3)) > 2 * SHOWS_NOTHING)
        total, count = np.zeros(wide.shape[1:]), np.zeros(wide.shape[1:])
        for first in range(0, len(there), AT_ONCE):
            some = there[first : first + AT_ONCE]
            said = judge(np.ascontiguousarray(pieces[some]))
            for k, value in zip(some, said, strict=True):
                x, y = step * (k // b), step * (k % b)
                total[x : x + patch, y : y + patch] += value
                count[x : x + patch, y : y + patch] += 1
        mean = total / np.maximum(count, 1)
        out[index] = mean[edge : edge + side, edge : edge + side]
    return out
