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
    return _magnitude(_gradient(smooth(array, spacing=spacing, sigma=sigma), spacing), sigma)


def hessian_eigenvalues(array: NDArray[np.floating], *, spacing: Sequence[float], sigma: float) -> NDArray[np.float32]:
    """Return the eigenvalues of sigma² · Hessian(G_sigma * f), sorted by magnitude, smallest first, (d, *S).

    sigma : in the units of spacing. GeometryError unless the array has 2 or 3 axes.
    """
    return _eigenvalues(_gradient(smooth(array, spacing=spacing, sigma=sigma), spacing), spacing, sigma)


def scale_space(array: NDArray[np.floating], *, spacing: Sequence[float], sigmas: Sequence[float]) -> NDArray[np.float32]:
    """Return the features of every sample, (F, *S) with F = 1 + len(sigmas) · (d + 3).

    The value itself; then per sigma the smoothed value, the gradient magnitude, the Laplacian and the d Hessian eigenvalues.
    sigmas : in the units of spacing
    """
    features = [np.asarray(array, np.float32)[None]]
    for sigma in sigmas:
        near = smooth(array, spacing=spacing, sigma=sigma)
        slopes = _gradient(near, spacing)
        values = _eigenvalues(slopes, spacing, sigma)
        features += [near[None], _magnitude(slopes, sigma)[None], values.sum(axis=0, keepdims=True), values]
    return np.concatenate(features)


def smooth(array: NDArray[np.floating], *, spacing: Sequence[float], sigma: float) -> NDArray[np.float32]:
    """Return G_sigma * f, (*S); sigma in the units of spacing."""
    near: NDArray[np.float32] = gaussian_filter(array, [sigma / step for step in spacing], output=np.float32, mode="nearest")
    return near


def _gradient(near: NDArray[np.float32], spacing: Sequence[float]) -> list[NDArray[np.float32]]:
    """Return the central differences along each axis, per unit of length. GeometryError unless there are 2 or 3 axes.

    Differences of the smoothed image, because truncated kernels of derivatives answer to a constant.
    """
    if near.ndim not in (2, 3):
        raise GeometryError(f"expected an image with 2 or 3 axes, got {near.ndim}. Take one time or one channel first.")
    return [_difference(near, axis, step) for axis, step in enumerate(spacing)]


def _difference(array: NDArray[np.float32], axis: int, step: float) -> NDArray[np.float32]:
    """Return the central difference along one axis; zeros where the axis has a single sample."""
    if array.shape[axis] < 2:
        return np.zeros_like(array)
    slope: NDArray[np.float32] = np.gradient(array, step, axis=axis).astype(np.float32)
    return slope


def _magnitude(slopes: Sequence[NDArray[np.float32]], sigma: float) -> NDArray[np.float32]:
    """Return sigma times the length of the gradient."""
    total = np.zeros_like(slopes[0])
    for slope in slopes:
        total += slope**2
    length: NDArray[np.float32] = np.float32(sigma) * np.sqrt(total)
    return length


def _eigenvalues(slopes: Sequence[NDArray[np.float32]], spacing: Sequence[float], sigma: float) -> NDArray[np.float32]:
    """Return the eigenvalues of the scale-normalized Hessian, by magnitude, (d, *S)."""
    d = len(slopes)
    factor = np.float32(sigma**2)
    second = [factor * _difference(slopes[i], j, spacing[j]) for i in range(d) for j in range(i, d)]
    values = symmetric_eigenvalues_2(*second) if d == 2 else symmetric_eigenvalues_3(*second)
    order = np.argsort(np.abs(values), axis=0)
    return np.take_along_axis(values, order, axis=0)


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
