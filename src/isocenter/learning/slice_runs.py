"""From the walls of a box to how much of each slice it fills, and from what slices say back to walls.

In:   along one axis, where a structure begins and ends; or how likely each slice shows it.
Out:  shares of slices; a Run.
Not:  no network, no image. Places are indices of slices: slice i reaches from i - 1/2 to i + 1/2.
"""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record


class Run(Record):
    """Slices in a row that show a structure."""

    low: float
    """Where it begins, between slices."""
    high: float
    sure: float
    """Mean likelihood of its slices, in [0, 1]."""


def filled(low: float, high: float, count: int) -> NDArray[np.float32]:
    """Return how much of each of `count` slices lies between two walls, (count,) in [0, 1].

    At a wall in the middle of a slice it is a half: so likelihoods that cross a half do so at the wall, to a tenth of a slice.
    """
    index = np.arange(count)
    inside = np.minimum(index + 0.5, high) - np.maximum(index - 0.5, low)
    return np.asarray(np.clip(inside, 0.0, 1.0), np.float32)


def longest_run(likely: NDArray[np.floating], *, above: float) -> Run | None:
    """Return the longest run of slices at least so likely; None where there is none.

    likely : (count,) in [0, 1]
    above  : walls lie where the likelihood, drawn straight from slice to slice, crosses it; a run at the border ends with the image
    """
    inside = np.concatenate([[False], likely >= above, [False]])
    turns = np.flatnonzero(inside[1:] != inside[:-1]).reshape(-1, 2)  # (runs, 2): first slice of it, first slice after it
    if not len(turns):
        return None
    first, after = (int(i) for i in turns[np.argmax(turns[:, 1] - turns[:, 0])])
    return _run(likely, first, after, above)


def run_at_peak(likely: NDArray[np.floating], *, above: float) -> Run:
    """Return the run around the likeliest slice, of all that are at least `above` times as likely."""
    peak, cut = int(np.argmax(likely)), float(likely.max()) * above
    outside = np.flatnonzero(likely < cut)
    first = int(outside[outside < peak].max(initial=-1)) + 1
    after = int(outside[outside > peak].min(initial=len(likely)))
    return _run(likely, first, after, cut)


def _run(likely: NDArray[np.floating], first: int, after: int, cut: float) -> Run:
    low, high = first - 0.5, after - 0.5
    if first > 0:
        low = first - _fraction(float(likely[first]), float(likely[first - 1]), cut)
    if after < len(likely):
        high = after - 1 + _fraction(float(likely[after - 1]), float(likely[after]), cut)
    return Run(low=low, high=high, sure=float(likely[first:after].mean()))


def _fraction(inside: float, outside: float, cut: float) -> float:
    """Return how far from the inner slice towards the outer one the likelihood crosses the cut, in [0, 1]."""
    return (inside - cut) / max(inside - outside, 1e-9)
