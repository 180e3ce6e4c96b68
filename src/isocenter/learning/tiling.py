"""Tiling: where the windows of a sliding prediction lie, and how much each sample of one counts.

In:   sizes of image and window, in samples.
Out:  starts per axis, weights of one window.
Not:  no prediction (inference/), no training patches (places.py).

Reference: Isensee et al., Nat Methods 2021; 18:203-211 (half-overlapping windows, Gaussian of an eighth of the window).
Differs:   windows start as in MONAI's sliding_window_inference: regular steps, the last window moved back inside.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import PlanError

LEAST_WEIGHT = 1e-3
"""So that a corner no other window covers still has a say."""


def window_starts(size: Sequence[int], window: Sequence[int], *, step: float = 0.5) -> tuple[tuple[int, ...], ...]:
    """Return the starts along each axis, ascending; together their windows cover every sample.

    size   : samples of the image per axis; an axis shorter than the window counts as long as it
    window : samples of the window per axis
    step   : distance of two windows, as a share of the window, in (0, 1]
    """
    if not 0 < step <= 1:
        raise PlanError(f"the step between windows must lie in (0, 1], got {step!r}.")
    if len(size) != len(window):
        raise PlanError(f"expected a window of {len(size)} axes for an image of size {tuple(size)}, got {tuple(window)}.")
    axes = []
    for samples, width in zip(size, window, strict=True):
        last = max(samples - width, 0)
        stride = max(1, int(width * step))
        axes.append(tuple(min(start, last) for start in range(0, last + stride, stride)))
    return tuple(axes)


def window_count(size: Sequence[int], window: Sequence[int], *, step: float = 0.5) -> int:
    """Return how many windows one prediction takes."""
    return len(list(product(*window_starts(size, window, step=step))))


def padding_before(size: Sequence[int], window: Sequence[int]) -> tuple[int, ...]:
    """Return how many samples of zeros precede the image per axis, where it is shorter than the window."""
    return tuple(max(width - samples, 0) // 2 for samples, width in zip(size, window, strict=True))


def gaussian_weights(window: Sequence[int], *, sigma_share: float = 1 / 8) -> NDArray[np.float32]:
    """Return the weight of each sample of a window, (*window), highest in the middle, at least LEAST_WEIGHT."""
    weights: NDArray[np.float32] = np.ones((1,) * len(window), np.float32)
    for axis, width in enumerate(window):
        offset = np.arange(width, dtype=np.float32) - (width - 1) / 2
        bell = np.exp(-(offset**2) / (2 * (width * sigma_share) ** 2)).astype(np.float32)
        weights = weights * bell.reshape([-1 if a == axis else 1 for a in range(len(window))])
    return np.maximum(weights, max(float(weights.min()), LEAST_WEIGHT)).astype(np.float32)
