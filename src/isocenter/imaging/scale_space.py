"""Scale space: what an image looks like from several distances, as derivatives of Gaussians.

In:   an array (*S), 2-D or 3-D, and its spacing.
Out:  smoothed values, gradient magnitude, Hessian eigenvalues, Laplacian; normalized by scale.
Not:  no color, no learning, no vesselness (frangi.py).

Reference: Lindeberg, Scale-Space Theory in Computer Vision, 1994; Int J Comput Vis 1998; 30:79-116 (normalized derivatives).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from isocenter.core.errors import GeometryError


def gradient_magnitude(array: NDArray[np.floating], *, spacing: Sequence[float], sigma: float) -> NDArray[np.float32]:
    """Return sigma · |grad G_sigma * f|, (*S).

    sigma : in the units of spacing
    """
    steps = _in_samples(spacing, sigma)
    total = np.zeros(array.shape, np.float32)
    for axis in range(array.ndim):
        order = [int(a == axis) for a in range(array.ndim)]
        slope = gaussian_filter(array, steps, order=order, output=np.float32, mode="nearest")
        total += (slope * np.float32(steps[axis])) ** 2
    return np.sqrt(total)


def hessian_eigenvalues(array: NDArray[np.floating], *, spacing: Sequence[float], sigma: float) -> NDArray[np.float32]:
    """Return the eigenvalues of sigma² · Hessian(G_sigma * f), sorted by magnitude, smallest first, (d, *S).

    sigma : in the units of spacing. GeometryError unless the array has 2 or 3 axes.
    """
    steps = _in_samples(spacing, sigma)
    d = array.ndim

    def second(i: int, j: int) -> NDArray[np.float32]:
        order = [int(a == i) + int(a == j) for a in range(d)]
        bent: NDArray[np.float32] = gaussian_filter(array, steps, order=order, output=np.float32, mode="nearest")
        return bent * np.float32(steps[i] * steps[j])

    if d == 2:
        values = symmetric_eigenvalues_2(second(0, 0), second(0, 1), second(1, 1))
    elif d == 3:
        values = symmetric_eigenvalues_3(*(second(i, j) for i, j in ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))))
    else:
        raise GeometryError(f"expected an image with 2 or 3 axes, got {d}. Take one time or one channel first.")
    order = np.argsort(np.abs(values), axis=0)
    return np.take_along_axis(values, order, axis=0)


def scale_space(array: NDArray[np.floating], *, spacing: Sequence[float], sigmas: Sequence[float]) -> NDArray[np.float32]:
    """Return the features of every sample, (F, *S) with F = 1 + len(sigmas) · (d + 3).

    The value itself; then per sigma the smoothed value, the gradient magnitude, the Laplacian and the d Hessian eigenvalues.
    sigmas : in the units of spacing
    """
    features = [np.asarray(array, np.float32)[None]]
    for sigma in sigmas:
        values = hessian_eigenvalues(array, spacing=spacing, sigma=sigma)
        smooth = gaussian_filter(array, _in_samples(spacing, sigma), output=np.float32, mode="nearest")
        slope = gradient_magnitude(array, spacing=spacing, sigma=sigma)
        features += [smooth[None], slope[None], values.sum(axis=0, keepdims=True), values]
    return np.concatenate(features)


def symmetric_eigenvalues_2(xx: NDArray[np.float32], xy: NDArray[np.float32], yy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the eigenvalues of symmetric 2 × 2 matrices, (2, *S), unsorted."""
    middle, half = (xx + yy) / 2, np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    return np.stack([middle - half, middle + half])


def symmetric_eigenvalues_3(
    xx: NDArray[np.float32],
    xy: NDArray[np.float32],
    xz: NDArray[np.float32],
    yy: NDArray[np.float32],
    yz: NDArray[np.float32],
    zz: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return the eigenvalues of symmetric 3 × 3 matrices, (3, *S), unsorted, in closed form.

    Reference: Smith, Commun ACM 1961; 4:168.
    """
    q = (xx + yy + zz) / 3
    p = np.sqrt(((xx - q) ** 2 + (yy - q) ** 2 + (zz - q) ** 2 + 2 * (xy**2 + xz**2 + yz**2)) / 6)
    safe = np.maximum(p, np.float32(1e-12))
    a, b, c, d, e, f = (m / safe for m in (xx - q, xy, xz, yy - q, yz, zz - q))
    r = (a * (d * f - e * e) - b * (b * f - c * e) + c * (b * e - c * d)) / 2
    phi = np.arccos(np.clip(r, -1, 1)) / 3
    first = q + 2 * p * np.cos(phi)
    last = q + 2 * p * np.cos(phi + np.float32(2 * np.pi / 3))
    return np.stack([first, 3 * q - first - last, last]).astype(np.float32)


def _in_samples(spacing: Sequence[float], sigma: float) -> list[float]:
    """Return a sigma in samples along each axis."""
    return [sigma / step for step in spacing]
