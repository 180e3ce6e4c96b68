"""What two sections of unlike stain have in common: hematoxylin, and where there is tissue.

In:   a coarse picture of a section (3, X, Y), 8 bit, and its stain.
Out:  density of the two dyes; the channel that is registered; where the section's pieces lie.
Not:  no stain is estimated: vectors differ between laboratories, and registration asks for structure, not for amounts.

Reference: Ruifrok & Johnston, Anal Quant Cytol Histol 2001; 23:291-299.
"""

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isocenter.imaging.tissue import PALEST, optical_density, white_of

HEMATOXYLIN, EOSIN, DAB = (0.650, 0.704, 0.286), (0.072, 0.990, 0.105), (0.268, 0.570, 0.776)
STAINS: Mapping[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "he": (HEMATOXYLIN, EOSIN),
    "hdab": (HEMATOXYLIN, DAB),
}
"""Stain -> optical density of its two dyes in red, green, blue."""
Channel = Literal["hematoxylin", "density"]
SMALLEST_SHARE = 0.02
"""Of the largest piece; smaller ones are dust."""
_CLOUD_PX, _CLOUD_UM = 1.5, 10.0
"""Smoothing of the registered channel, the larger of both: nuclei of two sections are not the same ones, crowds of them are."""
_BRIGHTEST = 99.5


def dye_densities(picture: NDArray[np.uint8], stain: str, *, white: NDArray[np.floating] | None = None) -> NDArray[np.float32]:
    """Return how dense each of the two dyes is, (2, X, Y), 0 and up; the first is hematoxylin.

    white : of glass, (3,); None = the picture's brightest, so it should show some
    """
    vectors = np.asarray(STAINS[stain])
    vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    light = optical_density(picture, white=white_of(picture) if white is None else white).reshape(3, -1)  # (3, N)
    amount = np.maximum(np.linalg.pinv(vectors).T @ light, 0.0)  # (2, N)
    return np.asarray(amount.reshape(2, *picture.shape[1:]), np.float32)


def registered_channel(picture: NDArray[np.uint8], stain: str, channel: Channel, *, um: float) -> NDArray[np.float32]:
    """Return what is registered, (X, Y) in [0, 1]: smooth, 1 = as dense as it gets.

    channel : hematoxylin, or density = the mean of red, green and blue, for stains without hematoxylin
    um      : size of a sample
    """
    from scipy.ndimage import gaussian_filter

    if channel == "hematoxylin":
        dense = dye_densities(picture, stain)[0]
    else:
        dense = optical_density(picture, white=white_of(picture)).mean(axis=0)
    smooth = gaussian_filter(dense, max(_CLOUD_PX, _CLOUD_UM / um))
    top = float(np.percentile(smooth, _BRIGHTEST))
    return np.asarray(np.clip(smooth / max(top, 1e-6), 0, 1), np.float32)


def piece_mask(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return where the section's pieces lie, (X, Y), holes filled; nowhere on an empty slide.

    Paler than tissue_mask's: beside dark DAB, stroma that is only counterstained must count, for its border is what is matched.
    """
    from scipy import ndimage

    dense = ndimage.gaussian_filter(optical_density(picture, white=white_of(picture)).mean(axis=0), 1.0)
    found = ndimage.binary_fill_holes(ndimage.binary_opening(dense > PALEST))
    labels, count = ndimage.label(found)
    if not count:
        return np.zeros(picture.shape[1:], bool)
    sizes = np.bincount(labels.reshape(-1))
    sizes[0] = 0
    return np.asarray(sizes[labels] > SMALLEST_SHARE * sizes.max())
