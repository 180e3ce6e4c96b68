"""From transmission to a noisy signal: focal spot and detector blur, scatter, quantum and read-out noise.

In:   transmission on a fine grid (X * k, Y * k), a scanner's numbers.
Out:  signal on the picture's grid (X, Y), in units of the unattenuated beam; without noise, and with.
Not:  no display curve (film.py).

Blurred on the fine grid, then averaged: partial volume is never painted on afterwards. Scatter is a wide blur of the primary,
as large as its ratio says (Siewerdsen et al., Med Phys 2006; 33:187-197, used as a model, not as data).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Array = NDArray[np.float32]


def expose(transmission: Array, scanner: Mapping[str, Any], *, finer: int, pixel_mm: float) -> tuple[Array, Array]:
    """Return the noise-free signal and the primary in it, each (X, Y).

    finer    : fine samples a pixel, >= 1
    pixel_mm : spacing of the picture
    """
    fine_mm = pixel_mm / finer
    aperture = scanner["pitch_mm"] / np.sqrt(12.0)
    sigma = float(np.hypot(scanner["psf_mm"], aperture)) / fine_mm
    blurred = ndimage.gaussian_filter(transmission, sigma, mode="nearest", truncate=3.0) if sigma > 0.1 else transmission
    primary = average(blurred, finer)
    signal = primary + np.float32(scanner["scatter"]) * wide_blur(primary, scanner["scatter_mm"] / pixel_mm)
    return signal, primary


def average(fine: Array, finer: int) -> Array:
    """Return the mean over blocks of finer x finer samples."""
    x, y = fine.shape[0] // finer, fine.shape[1] // finer
    return np.asarray(fine[: x * finer, : y * finer].reshape(x, finer, y, finer).mean((1, 3)), np.float32)


def wide_blur(image: Array, sigma_px: float) -> Array:
    """Blur with a wide Gaussian: on a coarser grid where that loses nothing that can be seen."""
    coarse = max(int(sigma_px / 3.0), 1)
    if coarse == 1:
        return np.asarray(ndimage.gaussian_filter(image, sigma_px, mode="nearest", truncate=3.0), np.float32)
    pad = [(0, -n % coarse) for n in image.shape]
    small = average(np.pad(image, pad, mode="edge"), coarse)
    small = ndimage.gaussian_filter(small, sigma_px / coarse, mode="nearest", truncate=3.0)
    x = (np.arange(image.shape[0]) + 0.5) / coarse - 0.5
    y = (np.arange(image.shape[1]) + 0.5) / coarse - 0.5
    return np.asarray(_linear(len(small), x) @ small @ _linear(small.shape[1], y).T, np.float32)


def _linear(n: int, at: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return weights (len(at), n) of linear interpolation, the ends held."""
    at = np.clip(at, 0, n - 1)
    low = np.minimum(at.astype(int), max(n - 2, 0))
    weights = np.zeros((len(at), n), np.float32)
    rows = np.arange(len(at))
    weights[rows, low] = 1 - (at - low)
    weights[rows, np.minimum(low + 1, n - 1)] += at - low
    return weights


def add_noise(signal: Array, scanner: Mapping[str, Any], rng: np.random.Generator, *, dose: float) -> Array:
    """Return the signal with Poisson noise, read-out noise, and the scanner's own spectrum.

    dose : factor on the scanner's photons a pixel
    """
    photons = float(scanner["photons"]) * dose
    counts = rng.poisson(np.clip(signal, 0, None) * photons).astype(np.float32)
    counts += np.float32(scanner["readout"]) * rng.standard_normal(signal.shape, dtype=np.float32)
    noise = counts / np.float32(photons) - signal
    width = float(scanner["noise_px"])
    if width > 0.05:  # the reader's own smoothing colours noise without touching what the PSF already blurred
        before = float(noise.std())
        noise = ndimage.gaussian_filter(noise, width, mode="nearest")
        noise *= np.float32(before / max(float(noise.std()), 1e-12))
    return np.maximum(signal + noise, np.float32(0.2 / photons))
