"""Something that grew in a normal image: what lies around it is pushed outward, and it is as bright as its surroundings.

In:   an image (C, X, Y), a soft blob (X, Y) in [0, 1]; another image, whose texture it gets; a generator.
Out:  the image with its tissue pushed aside, and what fills the blob, each (C, X, Y).
Not:  no blending (foreign.py); no lesion is learned from: sizes and strengths are ranges written down below, not fitted to any.

Reference: Baugh et al., MICCAI 2023, arXiv:2307.00899 (deformation away from a point as one of several synthetic tasks);
           Donoho & Johnstone, Biometrika 1994; 81:425-455 (the noise of an image by its finest diagonal wavelets).
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Array = NDArray[np.float32]

PUSH = (0.0, 0.7)
"""How far the border moved, as a share of the blob's radius."""
REACH = (0.5, 2.0)
"""Distance over which that falls to 1/e, in radii."""
TEXTURE = (0.0, 0.7)
"""Share of the other image's contrast that is left in the blob."""
RING = 1.5
"""Standard deviation of the Gaussian that makes the ring around a blob whose median the blob is filled with, in samples."""
MEDIAN_OF_NORMAL = 0.6745


def grown(image: Array, blob: Array, other: Array, *, shown: float, random: np.random.Generator) -> tuple[Array, Array]:
    """Return the image pushed aside, and the filling (C, X, Y).

    blob  : not empty
    shown : intensity above which a sample is no background
    """
    noise = noise_of(image, shown)
    radius = float(np.sqrt(blob.sum() / np.pi))
    moved = pushed(image, blob, random.uniform(*PUSH) * radius, random.uniform(*REACH) * radius)
    level = _around(moved, blob, shown)
    kept = np.float32(random.uniform(*TEXTURE))
    texture = kept * (other - mean_in(other, blob))
    # Less contrast is less noise: without this, a blob would be told by how smooth it is.
    lost = noise * np.sqrt(1 - kept**2) * random.standard_normal(image.shape)
    return moved, np.asarray(level + texture + lost, np.float32)


def pushed(image: Array, blob: Array, shift: float, reach: float) -> Array:
    """Return the image with what lies at the border of a blob moved outward.

    shift : of what lies at the border, in samples
    reach : distance from the border over which the shift falls to 1/e, in samples
    """
    places = np.indices(blob.shape).astype(np.float32)
    center = (places * blob).sum(axis=(1, 2), keepdims=True) / blob.sum()
    offset = places - center
    far = np.maximum(np.hypot(*offset), 1e-3)
    radius = np.sqrt(blob.sum() / np.pi)
    by = np.minimum(shift * np.exp(-np.maximum(far - radius, 0) / max(reach, 1e-3)), 0.9 * far)
    origin = places - offset / far * by
    # Cubic: linear interpolation would smooth the noise, and so tell where it was pushed.
    return np.stack([ndimage.map_coordinates(one, origin, order=3, mode="nearest") for one in image])


def noise_of(image: Array, shown: float) -> float:
    """Return the standard deviation of the noise of an image (C, X, Y), where it shows something; 0 where it shows nothing."""
    side = [n // 2 * 2 for n in image.shape[1:]]
    even = image[:, : side[0], : side[1]]
    diagonal = (even[:, ::2, ::2] - even[:, 1::2, ::2] - even[:, ::2, 1::2] + even[:, 1::2, 1::2]) / 2
    there = even[:, ::2, ::2] > shown
    return float(np.median(np.abs(diagonal[there]))) / MEDIAN_OF_NORMAL if there.any() else 0.0


def mean_in(image: Array, blob: Array) -> Array:
    """Return the mean of each channel in a blob, (C, 1, 1)."""
    return np.asarray((image * blob).sum(axis=(1, 2), keepdims=True) / max(float(blob.sum()), 1e-6), np.float32)


def _around(image: Array, blob: Array, shown: float) -> Array:
    """Return the median of each channel around a blob, (C, 1, 1)."""
    ring = (ndimage.gaussian_filter(blob, RING) > 0.05) & (blob < 0.05) & (image.max(axis=0) > shown)
    return np.asarray(np.median(image[:, ring], axis=1)[:, None, None], np.float32) if ring.any() else mean_in(image, blob)
