"""Rule: which way up. Do pictures without a place in a patient still have an up and a left?

In:   how bright each patient's pictures are, and where their foreground lies, both coarsely.
Out:  Pose: whether the foreground has its place, and per axis whether a mirrored picture would be unlike the others.

A cell has no way up, so a network may learn it in every pose. A heart has, even as a plain PNG: turned upside down it is something
a network never meets, and learning that takes the minutes from what it does meet. Shading alone does not count (a microscope's
lamp is where it is): only where the foreground, too, lies in one place is the picture taken for one of a body.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record

SIDE = 24
"""Parts per axis of the coarse picture."""
LEAST_PATIENTS = 5
PLACED = 0.6
"""Least correlation of a patient's foreground with the others'."""
CLEAR = 0.1
"""By how much a patient's picture must correlate more with the others than with the others mirrored."""
SURE = 2.5
"""... and by how many standard errors."""


class Pose(Record):
    """What the learning pictures say of their pose."""

    place: float
    """Correlation of a patient's foreground with the mean of the others, mean over patients."""
    upright: tuple[bool, ...]
    """Per axis: pictures of a body, which a mirror along the axis would make unlike the others."""


def coarse(samples: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return the mean of each of SIDE parts per axis, (*S) -> (SIDE,) * d; a part may be less than a sample."""
    out = np.asarray(samples, np.float32)
    for axis, n in enumerate(out.shape):
        start = np.zeros_like(out.take([0], axis))
        sums = np.concatenate([start, out.cumsum(axis=axis, dtype=float)], axis=axis)
        at = np.linspace(0, n, SIDE + 1)
        low = np.minimum(np.floor(at).astype(int), n)
        part = (at - low).reshape([-1 if a == axis else 1 for a in range(out.ndim)])
        running = sums.take(low, axis) * (1 - part) + sums.take(np.minimum(low + 1, n), axis) * part
        out = np.asarray(np.diff(running, axis=axis) * (SIDE / n), np.float32)
    return out


def pose_of(pictures: Sequence[NDArray[np.floating]], foregrounds: Sequence[NDArray[np.floating]]) -> Pose:
    """Return the pose of at least LEAST_PATIENTS patients; of fewer, none.

    pictures, foregrounds : of each patient the mean coarse picture and foreground, all of one shape
    """
    axes = pictures[0].ndim if pictures else 0
    if len(pictures) < LEAST_PATIENTS or len(foregrounds) != len(pictures):
        return Pose(place=float("nan"), upright=(False,) * axes)
    place = float(np.mean([_correlation(a, b) for a, b in _against_others(foregrounds)]))
    gains = [
        np.array([_correlation(a, b) - _correlation(a, np.flip(b, axis)) for a, b in _against_others(pictures)])
        for axis in range(axes)
    ]
    return Pose(place=place, upright=tuple(place >= PLACED and _clear(gain) for gain in gains))


def _clear(gain: NDArray[np.float64]) -> bool:
    error = float(gain.std(ddof=1) / np.sqrt(len(gain)))
    return bool(gain.mean() >= CLEAR and gain.mean() >= SURE * error)


def _against_others(each: Sequence[NDArray[np.floating]]) -> list[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Return every patient's picture beside the mean of the others."""
    stack = np.asarray(each, float)
    total = stack.sum(axis=0)
    return [(one, (total - one) / (len(stack) - 1)) for one in stack]


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Pearson's r; 0 where one of the two is even."""
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt((a**2).sum() * (b**2).sum()))
    return float((a * b).sum() / scale) if scale > 0 else 0.0
