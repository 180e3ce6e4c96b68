"""Color normalization by statistics: a picture with the mean and spread of a reference in a color space made for it.

In:   pixels (3, ...), 8 bit.
Out:  Colors (mean and deviation in L*a*b*); pixels with those of a reference.
Not:  no stains are told apart (macenko.py).

Reference: Reinhard et al., IEEE Comput Graph Appl 2001; 21(5):34-41.
Differs:   CIE L*a*b* (D65) in place of Ruderman's l-alpha-beta, as is usual in histology.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record

_NARROWEST = 1e-3


class Colors(Record):
    """Mean and standard deviation of each of L*, a*, b*."""

    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]


def fit_colors(pixels: NDArray[Any]) -> Colors | None:
    """Return the colors of pixels (3, ...), of tissue alone; None where there is none."""
    flat = pixels.reshape(3, -1)
    if not flat.shape[1]:
        return None
    lab = _to_lab(flat)
    mean, deviation = lab.mean(axis=1), lab.std(axis=1)
    return Colors(
        mean=(float(mean[0]), float(mean[1]), float(mean[2])),
        deviation=(float(deviation[0]), float(deviation[1]), float(deviation[2])),
    )


def recolor(picture: NDArray[np.uint8], own: Colors, reference: Colors) -> NDArray[np.uint8]:
    """Return a picture (3, ...) whose pixels have the reference's mean and spread where they had their own."""
    from skimage.color import lab2rgb

    lab = _to_lab(picture.reshape(3, -1))
    factor = np.asarray(reference.deviation) / np.maximum(np.asarray(own.deviation), _NARROWEST)
    moved = (lab - np.asarray(own.mean)[:, None]) * factor[:, None] + np.asarray(reference.mean)[:, None]
    moved[0] = np.clip(moved[0], 0, 100)
    rgb = lab2rgb(moved.T[None])[0].T  # (3, N) in [0, 1]
    return np.asarray(np.clip(np.rint(255 * rgb), 0, 255), np.uint8).reshape(picture.shape)


def mean_colors(found: list[Colors]) -> Colors:
    """Return the colors in the middle of several: the reference a training normalizes to."""
    mean = np.median([c.mean for c in found], axis=0)
    deviation = np.median([c.deviation for c in found], axis=0)
    return Colors(
        mean=(float(mean[0]), float(mean[1]), float(mean[2])),
        deviation=(float(deviation[0]), float(deviation[1]), float(deviation[2])),
    )


def _to_lab(flat: NDArray[Any]) -> NDArray[np.float64]:
    """Return L*, a*, b* (3, N) of pixels (3, N)."""
    from skimage.color import rgb2lab

    return np.asarray(rgb2lab(np.asarray(flat, np.float64).T[None] / 255.0)[0].T)
