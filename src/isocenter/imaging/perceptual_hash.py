"""Perceptual hash: the same picture found again after rescaling, recompression, a change of window or bit depth.

In:   a plane (X, Y) of numbers; a volume gives its middle slice.
Out:  Look: 255 bits from the low frequencies and a 32 x 32 thumbnail; pairs of looks that are one picture.
Not:  copies that were turned, mirrored, cropped or drawn upon; no files.

Thresholds: two pictures are the same when at most 25 of 255 bits differ (Hamming distance), and their thumbnails correlate at
0.985 or more. The first finds candidates cheaply; the second keeps two chests of like build apart. A flat picture has no look.

Reference: Zauner, Implementation and benchmarking of perceptual image hash functions, 2010 (the DCT hash).
Differs:   16 x 16 coefficients of a 64 x 64 picture where the reference keeps 8 x 8 of 32 x 32; the thumbnail as a second look.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from isocenter.core.record import Record

FAR_BITS = 25
"""Largest Hamming distance, of 255 bits, between two copies of one picture."""
CLOSE = 0.985
"""Least correlation of their thumbnails."""
_SIDE, _LOW, _THUMB = 64, 16, 32


class Look(Record):
    """What a picture looks like, in 1.3 kB."""

    bits: NDArray[np.bool_]
    """(255,)"""
    thumbnail: NDArray[np.uint8]
    """(32, 32), from its darkest to its brightest value."""


def look_of(samples: NDArray[Any]) -> Look | None:
    """Return the look of (C, X, Y[, Z]) samples: mean of the channels, middle slice. None for a flat or empty picture."""
    if samples.size == 0:
        return None
    plane = samples if samples.ndim == 3 else samples[(slice(None),) * 3 + tuple(n // 2 for n in samples.shape[3:])]
    gray = np.nan_to_num(plane.astype(np.float32).mean(axis=0), nan=0.0, posinf=0.0, neginf=0.0)  # (X, Y)
    low, high = float(gray.min()), float(gray.max())
    if high - low <= 1e-6 * max(abs(low), abs(high), 1e-30):
        return None
    small = _shrink((gray - low) / (high - low), _SIDE)
    waves = fft.dctn(small, norm="ortho")[:_LOW, :_LOW].ravel()[1:]  # without the mean
    thumbnail = small.reshape(_THUMB, _SIDE // _THUMB, _THUMB, _SIDE // _THUMB).mean(axis=(1, 3))
    spread = max(float(np.ptp(thumbnail)), 1e-6)
    return Look(bits=waves > np.median(waves), thumbnail=np.round(255 * (thumbnail - thumbnail.min()) / spread).astype(np.uint8))


def distance(a: Look, b: Look) -> int:
    """Return the number of bits that differ, 0 to 255."""
    return int((a.bits != b.bits).sum())


def same_picture(a: Look, b: Look) -> bool:
    """Tell whether two looks are one picture by both thresholds."""
    return distance(a, b) <= FAR_BITS and _correlation(a, b) >= CLOSE


def same_pictures(looks: Sequence[Look | None], *, block: int = 2048) -> list[tuple[int, int]]:
    """Return the pairs (i < j) of looks that are one picture. Blocks keep the memory at block x N; None matches nothing."""
    known = [i for i, look in enumerate(looks) if look is not None]
    found = [looks[i] for i in known]
    if len(found) < 2:
        return []
    signs = np.stack([np.where(look.bits, 1, -1) for look in found if look is not None]).astype(np.float32)  # (N, 255)
    pairs = []
    for start in range(0, len(signs), block):
        far = (signs.shape[1] - signs[start : start + block] @ signs[start:].T) / 2  # Hamming distances
        for a, b in np.argwhere(far <= FAR_BITS):
            first, second = found[start + a], found[start + b]
            if a < b and first is not None and second is not None and _correlation(first, second) >= CLOSE:
                pairs.append((known[start + int(a)], known[start + int(b)]))
    return pairs


def _correlation(a: Look, b: Look) -> float:
    """Correlation of two thumbnails."""
    return float(np.corrcoef(a.thumbnail.ravel().astype(np.float64), b.thumbnail.ravel().astype(np.float64))[0, 1])


def _shrink(plane: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Average (X, Y) over side x side boxes of equal area; parts of samples count as parts."""
    rows = _boxes(plane.shape[0], side)
    columns = _boxes(plane.shape[1], side)
    return np.asarray(rows @ plane @ columns.T, np.float32)


def _boxes(n: int, side: int) -> NDArray[np.float32]:
    """(side, n) weights that average n samples over `side` boxes."""
    edges = np.linspace(0, n, side + 1)
    sample = np.arange(n)
    inside = np.minimum(edges[1:, None], sample + 1) - np.maximum(edges[:-1, None], sample)
    weights = np.clip(inside, 0, None)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)
