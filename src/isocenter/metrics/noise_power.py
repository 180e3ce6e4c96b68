"""Noise power spectrum: how strong the noise of an image is at each frequency, measured where the true image is flat.

In:   a slice (X, Y); squares of SIDE samples in which nothing but noise should change.
Out:  the spectrum averaged over squares and over directions, in unit² · mm² (or px²), at frequencies in 1/mm (1/px).
Not:  no structure: a square's own trend is taken away first, so that the lowest frequencies say little.

White noise gives a flat line at its variance times the area of a sample; a soft kernel or a filter lowers the right end, and what a
restoration leaves as blotches stays at the left.

Reference: Siewerdsen, Cunningham & Jaffray, Med Phys 2002; 29:2655-2671; Friedman et al., Med Phys 2013; 40:051907 (squares in
           flat places, trend of second order, averaged over directions).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.filters import threshold_otsu

from isocenter.core.record import Record

SIDE = 16
SQUARES = 4
"""Of a slice, at most."""
SMOOTH = 2.0
"""Samples over which noise is smoothed away before a place is called flat."""

Floats = NDArray[np.float64]
Place = tuple[int, int]


class NoisePower(Record):
    """A spectrum over directions."""

    frequency: Floats
    """(K,), ascending, up to what the grid can hold."""
    power: Floats
    """(K,)."""


def flat_squares(truth: NDArray[np.floating], *, side: int = SIDE, most: int = SQUARES) -> list[Place]:
    """Return the first corners of the flattest squares of a slice (X, Y), none overlapping, in its brighter part.

    Brighter than Otsu's threshold on average: the air around a patient has no noise that says anything. [] where there is none.
    """
    x, y = truth.shape
    if min(x, y) < side or not np.isfinite(truth).all() or np.ptp(truth) == 0:
        return []
    bright = _over_squares(truth, side) > threshold_otsu(truth)  # type: ignore[no-untyped-call]
    smooth = ndimage.gaussian_filter(np.asarray(truth, float), SMOOTH)
    uneven = _over_squares(smooth**2, side) - _over_squares(smooth, side) ** 2
    uneven = np.where(bright, uneven, np.inf)
    found: list[Place] = []
    while len(found) < most and np.isfinite(uneven.min()):
        i, j = (int(at) for at in np.unravel_index(np.argmin(uneven), uneven.shape))
        found.append((i, j))
        uneven[max(0, i - side + 1) : i + side, max(0, j - side + 1) : j + side] = np.inf
    return found


def squares_of(picture: NDArray[np.floating], places: Sequence[Place], *, side: int = SIDE) -> Floats:
    """Return the squares (N, side, side) of a slice."""
    return np.stack([np.asarray(picture[i : i + side, j : j + side], float) for i, j in places])


def noise_power(squares: Floats, spacing: tuple[float, float]) -> NoisePower:
    """Return the spectrum of squares (N, side, side), their trends of second order taken away."""
    side = squares.shape[1]
    spectra = np.abs(np.fft.fft2(_without_trend(squares))) ** 2 * (spacing[0] * spacing[1] / side**2)
    mean = spectra.mean(axis=0)
    across = np.hypot(np.fft.fftfreq(side, spacing[0])[:, None], np.fft.fftfreq(side, spacing[1])[None, :])
    step = 1.0 / (side * max(spacing))
    ring = np.rint(across / step).astype(int)
    kept = range(1, side // 2 + 1)
    return NoisePower(
        frequency=np.array([across[ring == k].mean() for k in kept]), power=np.array([mean[ring == k].mean() for k in kept])
    )


def _without_trend(squares: Floats) -> Floats:
    """Return squares minus the polynomial of second order fitted to each."""
    side = squares.shape[1]
    u, v = (at.ravel() for at in np.meshgrid(*[np.linspace(-1, 1, side)] * 2, indexing="ij"))
    basis = np.stack([np.ones_like(u), u, v, u * v, u**2, v**2], axis=1)  # (side², 6)
    flat = squares.reshape(len(squares), -1).T
    return np.asarray((flat - basis @ np.linalg.lstsq(basis, flat, rcond=None)[0]).T.reshape(squares.shape))


def _over_squares(samples: NDArray[np.floating], side: int) -> Floats:
    """Return the mean over every square (X - side + 1, Y - side + 1), by its first corner."""
    total = np.pad(np.asarray(samples, float).cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    return np.asarray((total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]) / side**2)
