"""Copies of a color picture that were turned, mirrored or enlarged: what augmentation leaves in a set that was augmented on disk.

In:   samples (3, X, Y) of pictures.
Out:  Turnable: a gray thumbnail and the quantiles of the colors; the pairs of pictures that are one, turned.
Not:  copies that only were rescaled or recompressed (perceptual_hash.py finds them in less time); gray pictures; crops of less than
      about two thirds of the picture.

Candidates have like colors, which turning keeps. The spectrum in polar coordinates tells angle and enlargement; the one picture is
turned by them onto the other, and the two are one when their local detail correlates at ALIKE. On 300 histology pictures of a
public set augmented on disk, 36 pairs had 0.59 to 1.0 and the next ones 0.44 and 0.42. Pictures that share a bright disc or a dark
mole and are not one had at most 0.31 (113 fundi of three sets) and 0.44 (80 moles).

Reference: Reddy & Chatterji, IEEE Trans Image Process 1996; 5:1266-1271.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from scipy import fft, ndimage
from scipy.spatial import cKDTree

from isocenter.core.record import Record
from isocenter.imaging.local_detail import local_detail

ALIKE = 0.52
"""Least correlation of two pictures that are one."""
SMALLEST = 96
"""Samples of the shorter side below which a picture is too small to tell."""
NEIGHBORS = 6
"""Pictures of the most like colors each is compared with."""
_SIDE = 128
_ANGLES, _RADII = 180, 64
_LEAST_RADIUS = 4.0
_SMOOTH = 6.0
"""Samples the spectrum is smoothed over, to take out what all pictures share."""
_BLUR, _FLOOR = 3.0, 2.0
"""Of the local detail: samples, gray levels."""
_LARGEST = 1.5
"""Enlargement, and its inverse, that are looked for."""
_BORDER = 16
_LEAST_PX = 2000
_FARTHEST = 24
"""Samples of the thumbnail two middles may lie apart."""


class Turnable(Record):
    """What a picture looks like, in 16 kB."""

    gray: NDArray[np.uint8]
    """(128, 128)."""
    colors: NDArray[np.float32]
    """(27,): nine quantiles of each channel, / 255."""


def turnable(samples: NDArray[Any]) -> Turnable | None:
    """Return the look of (3, X, Y) samples of 8 bits; None for gray, small, flat or other pictures."""
    if samples.ndim != 3 or len(samples) != 3 or samples.dtype != np.uint8 or min(samples.shape[1:]) < SMALLEST:
        return None
    if (samples[0] == samples[1]).all() or np.ptp(samples) == 0:
        return None
    quantiles = np.quantile(samples.reshape(3, -1), np.linspace(0.05, 0.95, 9), axis=1)
    picture = PIL.Image.fromarray(np.ascontiguousarray(samples.transpose(1, 2, 0)))
    small = np.asarray(picture.resize((_SIDE, _SIDE), PIL.Image.Resampling.BOX), np.float32).mean(axis=2)
    return Turnable(gray=np.asarray(np.rint(small), np.uint8), colors=np.asarray(quantiles.ravel() / 255.0, np.float32))


def turned_copies(looks: Sequence[Turnable]) -> list[tuple[int, int]]:
    """Return the pairs (i < j) of pictures that are one, turned, mirrored or enlarged; also those that are the same as they are."""
    if len(looks) < 2:
        return []
    near = cKDTree(np.stack([look.colors for look in looks]))
    _, index = near.query(near.data, k=min(len(looks), NEIGHBORS + 1))
    pairs = sorted({(min(i, int(j)), max(i, int(j))) for i, row in enumerate(index) for j in row if int(j) != i})
    needed = sorted({i for pair in pairs for i in pair})
    spectra = {i: _spectrum(_centered(looks[i].gray)) for i in needed}
    return [(i, j) for i, j in pairs if likeness(looks[i], looks[j], spectra=(spectra[i], spectra[j])) >= ALIKE]


def likeness(one: Turnable, other: Turnable, *, spectra: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None) -> float:
    """Return how two pictures correlate once one is turned onto the other, in [-1, 1]."""
    first, second = spectra or (_spectrum(_centered(one.gray)), _spectrum(_centered(other.gray)))
    goal = _centered(other.gray)
    best = -1.0
    for mirrored in (False, True):
        picture = _centered(one.gray[::-1] if mirrored else one.gray)
        angle, larger = _turn(first[(-np.arange(_ANGLES)) % _ANGLES] if mirrored else first, second)
        for half in (0.0, np.pi):  # a spectrum is the same upside down
            best = max(best, _correlation(_turned(picture, angle + half, larger), goal))
    return best


def _centered(gray: NDArray[np.uint8]) -> NDArray[np.float64]:
    picture = gray.astype(np.float64)
    return np.asarray(picture - picture.mean())


def _spectrum(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of the amplitudes by angle and logarithm of frequency, without what all pictures share."""
    amplitude = np.log1p(np.abs(fft.fftshift(fft.fft2(picture * _window()))))
    amplitude -= ndimage.gaussian_filter(amplitude, _SMOOTH)
    angles = np.arange(_ANGLES)[:, None] * np.pi / _ANGLES
    places = _SIDE // 2 + np.stack([_radii() * np.sin(angles), _radii() * np.cos(angles)])
    polar = ndimage.map_coordinates(amplitude, places, order=1)
    polar = polar - polar.mean(axis=0)
    return np.asarray(polar / (polar.std() + 1e-9))


def _turn(first: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[float, float]:
    """Return the angle and the enlargement at which two spectra fit best."""
    shape = (_ANGLES, 2 * _RADII)
    fit = fft.irfft2(fft.rfft2(second, shape) * np.conj(fft.rfft2(first, shape)), shape)
    step = float(np.log(_radii()[0, 1] / _radii()[0, 0]))
    reach = int(np.log(_LARGEST) / step)
    fit[:, reach + 1 : -reach] = -np.inf
    along, outward = np.unravel_index(int(np.argmax(fit)), shape)
    outward = outward if outward < _RADII else outward - 2 * _RADII
    return float(along * np.pi / _ANGLES), float(np.exp(-outward * step))


def _turned(picture: NDArray[np.float64], angle: float, larger: float) -> NDArray[np.float64]:
    """Return a picture turned about its middle and enlarged; NaN where it does not reach."""
    middle = np.full(2, (_SIDE - 1) / 2)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) / larger
    offset = middle - matrix @ middle
    made: NDArray[np.float64] = ndimage.affine_transform(picture, matrix, offset=offset, order=1, cval=np.nan)
    return made


def _correlation(made: NDArray[np.float64], goal: NDArray[np.float64]) -> float:
    """Return how the details of two pictures correlate once one is shifted onto the other; -1 where they hardly meet."""
    there = np.isfinite(made)
    if there.sum() < _LEAST_PX:
        return -1.0
    one, other = _detail(np.where(there, made - made[there].mean(), 0.0)), _detail(goal)
    fit = fft.irfft2(fft.rfft2(other * _window()) * np.conj(fft.rfft2(one * _window())), (_SIDE, _SIDE))
    shift = [n if n < _SIDE // 2 else n - _SIDE for n in (int(n) for n in np.unravel_index(int(np.argmax(fit)), fit.shape))]
    if max(map(abs, shift)) > _FARTHEST:
        return -1.0
    one, both = np.roll(one, shift, axis=(0, 1)), np.roll(there, shift, axis=(0, 1))
    margin = _BORDER + _FARTHEST // 2
    both[:margin] = both[-margin:] = both[:, :margin] = both[:, -margin:] = False
    if both.sum() < _LEAST_PX:
        return -1.0
    a, b = one[both] - one[both].mean(), other[both] - other[both].mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum() / size) if size > 0 else -1.0


def _detail(picture: NDArray[np.float64]) -> NDArray[np.floating[Any]]:
    return local_detail(picture, _BLUR, floor=_FLOOR)


@cache
def _window() -> NDArray[np.float64]:
    line: NDArray[np.float64] = np.hanning(_SIDE)
    return line[:, None] * line[None]


@cache
def _radii() -> NDArray[np.float64]:
    return np.geomspace(_LEAST_RADIUS, _SIDE // 2 - 2, _RADII)[None]
