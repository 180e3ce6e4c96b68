"""Tissue on a slide: what is stained, told from glass.

In:   a coarse picture of a slide (3, X, Y), 8 bit.
Out:  bool (X, Y).
Not:  no tissue types; ink and dust are taken for tissue where they are as dark.

Reference: Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66 (the threshold), on optical density: Beer-Lambert.
Differs:   the threshold is kept between PALEST and DARKEST, so an empty slide stays empty and one without glass stays whole.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.imaging.otsu import otsu_foreground

PALEST, DARKEST = 0.04, 0.12
"""Mean optical density of the palest stroma that counts, and of what always counts."""
LEAST_WHITE = 200.0
"""Glass is at least this bright in every channel."""
LEAST_PX = 4
"""Smaller specks are dust."""


def optical_density(picture: NDArray[Any], *, white: NDArray[np.floating] | float = 255.0) -> NDArray[np.float32]:
    """Return -log10(I / white) per channel, >= 0, of samples in [0, 255]; 0 where all light comes through.

    picture : (3, ...); white : of glass, a number or one a channel
    """
    glass = np.asarray(white, np.float32).reshape(-1, *(1,) * (picture.ndim - 1))
    light = np.clip(np.asarray(picture, np.float32), 1.0, None)
    return np.asarray(np.maximum(-np.log10(light / glass), 0.0), np.float32)


def white_of(picture: NDArray[Any]) -> NDArray[np.float32]:
    """Return how bright glass is in each channel (3,): the brightest half percent, at least LEAST_WHITE."""
    bright = np.percentile(picture.reshape(len(picture), -1), 99.5, axis=1)
    return np.asarray(np.maximum(bright, LEAST_WHITE), np.float32)


def tissue_mask(picture: NDArray[Any]) -> NDArray[np.bool_]:
    """Return where tissue is, bool (X, Y); nowhere on an empty slide."""
    from scipy import ndimage

    if not picture.size:
        return np.zeros(picture.shape[1:], bool)
    density = optical_density(picture, white=white_of(picture)).mean(axis=0)
    smooth = ndimage.uniform_filter(density, 3)
    found = otsu_foreground(smooth)
    cut = float(smooth[found].min()) if found.any() else DARKEST
    tissue = smooth > np.clip(cut, PALEST, DARKEST)
    labels, count = ndimage.label(tissue)
    if not count:
        return np.asarray(tissue)
    sizes = np.bincount(labels.reshape(-1))
    sizes[0] = 0
    return np.asarray(sizes[labels] >= min(LEAST_PX, tissue.size))
