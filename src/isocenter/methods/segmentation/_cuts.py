"""Cuts: one band of one channel per class, chosen where it agrees best with the learning masks.

In:   channels in comparable numbers (most in [0, 1]) and masks.
Out:  Cuts: per class and channel a band [low, high), its Dice on learning, and the share of the class at each intensity.
Not:  no reading of images (_channels.py); which channels there are is the method's business.

The band is the best of all bands over the pooled histogram: every pair of bins is tried, through cumulative sums. Either end may be
open, so the polarity (bright or dark) is learned, and a class between two others is a band closed at both ends.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record

BINS = 512
_LOW, _HIGH = -0.5, 1.5


def to_bins(array: NDArray[np.floating]) -> NDArray[np.int16]:
    """Return the histogram bin of each value, 0 … BINS - 1; what lies outside -0.5 … 1.5 goes to the outermost bins."""
    scaled = (array - np.float32(_LOW)) * np.float32(BINS / (_HIGH - _LOW))
    bins: NDArray[np.int16] = np.clip(scaled, 0, BINS - 1).astype(np.int16)
    return bins


class Histograms:
    """Counts of all samples and of those of each class, per channel, over the learning cases."""

    def __init__(self, classes: int) -> None:
        self._classes = classes
        self._all: dict[str, NDArray[np.float64]] = {}
        self._inside: dict[str, NDArray[np.float64]] = {}

    def add(self, channel: str, values: NDArray[np.floating], truth: NDArray[np.bool_]) -> None:
        """Count one case: values (N,), truth (K - 1, N)."""
        bins = to_bins(values)
        every = self._all.setdefault(channel, np.zeros(BINS))
        inside = self._inside.setdefault(channel, np.zeros((self._classes, BINS)))
        every += np.bincount(bins, minlength=BINS)
        for index, where in enumerate(truth):
            inside[index] += np.bincount(bins[where], minlength=BINS)

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels counted."""
        return tuple(self._all)

    def cuts(self) -> "Cuts":
        """Return the best band of each class on each channel."""
        n = len(self._all)
        low, high, dice = (np.zeros((self._classes, n)) for _ in range(3))
        share = np.zeros((self._classes, n, BINS), np.float32)
        for c, channel in enumerate(self._all):
            for k in range(self._classes):
                inside = self._inside[channel][k]
                low[k, c], high[k, c], dice[k, c] = best_band(inside, self._all[channel])
                prior = inside.sum() / max(self._all[channel].sum(), 1.0)
                share[k, c] = (inside + prior) / (self._all[channel] + 1.0)
        return Cuts(channels=self.channels, low=low, high=high, dice=dice, share=share)


class Cuts(Record):
    """Bands for K - 1 classes on C channels, in bins."""

    channels: tuple[str, ...]
    low: NDArray[np.float64]
    """(K - 1, C), the first bin inside."""
    high: NDArray[np.float64]
    """(K - 1, C), the first bin no longer inside."""
    dice: NDArray[np.float64]
    """(K - 1, C), pooled Dice on the learning cases; -1 where the class never occurred."""
    share: NDArray[np.float32]
    """(K - 1, C, BINS), share of the class among samples of this intensity, in [0, 1]."""

    def best(self, index: int, present: Mapping[str, object]) -> str | None:
        """Return the channel that tells class `index` (0 … K - 2) best among those present; None if none was learned from."""
        known = [(self.dice[index, c], name) for c, name in enumerate(self.channels) if name in present]
        return max(known)[1] if known else None

    def apply(self, index: int, channel: str, array: NDArray[np.floating]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
        """Return where class `index` is (*S), and how probable it is (*S), judged by one channel."""
        c = self.channels.index(channel)
        bins = to_bins(array)
        where = (bins >= self.low[index, c]) & (bins < self.high[index, c]) & (self.dice[index, c] >= 0)
        return where, self.share[index, c][bins]

    def text(self, index: int, channel: str) -> str:
        """Say a band in the comparable numbers of the channel: "t1 >= 0.43"."""
        c = self.channels.index(channel)
        low, high = (_LOW + b * (_HIGH - _LOW) / BINS for b in (self.low[index, c], self.high[index, c]))
        below = "" if self.low[index, c] <= 0 else f"{low:.3g} <= "
        above = "" if self.high[index, c] >= BINS else f" < {high:.3g}"
        return f"{below}{channel}{above}"


def best_band(inside: NDArray[np.float64], every: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return (low, high, Dice): the band of bins low <= b < high whose pooled Dice with the class is greatest.

    inside : (B,) counts of the class's samples
    every  : (B,) counts of all samples

    Among equal bands, open ends win, then the middle: a cut between two separate heaps lies halfway. (0, 0, -1) for an empty class.
    """
    total = inside.sum()
    if total == 0:
        return 0.0, 0.0, -1.0
    bins = len(inside)
    hit = np.concatenate([[0.0], np.cumsum(inside)])
    claimed = np.concatenate([[0.0], np.cumsum(every)])
    dice = 2 * (hit[None] - hit[:, None]) / np.maximum(claimed[None] - claimed[:, None] + total, 1.0)  # (B + 1, B + 1): low, high
    dice[np.tril_indices(bins + 1)] = -1.0
    top = float(dice.max())
    bands = np.argwhere(dice >= top - 1e-12)  # (N, 2): low, high
    for end, is_open in ((1, bins), (0, 0)):
        if (kept := bands[:, end] == is_open).any():
            bands = bands[kept]
    low, high = np.round(bands.mean(axis=0))
    return float(low), float(high), top
