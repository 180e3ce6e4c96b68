"""From signal to what a scanner stores: blur, averaging, motion, coil, noise, whole numbers.

In:   signal on fine samples (X, Y, Z), a scanner, a generator.
Out:  noise-free and noisy pictures on the coarse grid.
Not:  no signal equations (signal.py), no anatomy.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.phantoms.brain.waves import draw_waves
from isocenter.phantoms.phantom import Seeds
from isocenter.phantoms.vessels.angiogram import add_rician

Floats = NDArray[np.float32]


class Sampling(Record):
    """How fine samples become the picture's."""

    fine_mm: tuple[float, float, float]
    """Spacing of the fine samples."""
    factor: tuple[int, int, int]
    """Fine samples averaged along each axis."""
    across_mm: float
    """What averaging along Z amounts to already; a thicker slice is blurred by the rest."""


def choose_scanner(
    p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any]
) -> tuple[str, Mapping[str, Any], np.random.Generator]:
    """Return name, settings and the stream of noise; the scanner kept for test is drawn only when the nuisance is "test"."""
    rng = seeds.rng("acquisition")
    drawn = str(rng.choice([name for name in p["scanners"] if name != p["held_scanner"]]))
    name = str(options["scanner"] or (drawn if options["nuisance"] == "learn" else p["held_scanner"]))
    return name, p["scanners"][name], rng


def average(fine: Floats, factor: tuple[int, int, int]) -> Floats:
    """Return the mean over blocks of fine samples (X, Y, Z)."""
    x, y, z = (n // f for n, f in zip(fine.shape, factor, strict=True))
    return np.asarray(fine.reshape(x, factor[0], y, factor[1], z, factor[2]).mean((1, 3, 5)), np.float32)


def sample(fine: Floats, sampling: Sampling, scanner: Mapping[str, Any], *, softer: float = 1.0) -> Floats:
    """Blur by the point-spread function and the slice profile, then average: (X, Y, Z) of the picture.

    softer : factor on the in-plane blur (echo-planar pictures)
    """
    extra = max(float(scanner["slice"]) ** 2 - sampling.across_mm**2, 0.0) ** 0.5 / np.sqrt(12)
    widths = [softer * scanner["psf"], softer * scanner["psf"], extra]
    sigma = [w / mm if n > 1 else 0.0 for w, mm, n in zip(widths, sampling.fine_mm, fine.shape, strict=True)]
    return average(np.asarray(ndimage.gaussian_filter(fine, sigma, mode="nearest", truncate=3.0), np.float32), sampling.factor)


def shake(picture: Floats, spacing_mm: tuple[float, ...], motion_mm: float, rng: np.random.Generator) -> Floats:
    """Return the picture (X, Y, Z) with a head that moved between groups of lines of k-space (phase encoding along Y)."""
    if motion_mm <= 0:
        return picture
    n = picture.shape[1]
    groups = 8
    shift = motion_mm * rng.normal(size=(groups, 2))
    order = np.abs(np.fft.fftfreq(n) * n)
    group = np.minimum((order / (n / 2 + 1) * groups).astype(int), groups - 1)
    shift[0] = 0  # the middle of k-space says where the head is
    kx, ky = np.fft.fftfreq(picture.shape[0], spacing_mm[0]), np.fft.fftfreq(n, spacing_mm[1])
    phase = np.exp(-2j * np.pi * (kx[:, None] * shift[group, 0][None] + (ky * shift[group, 1])[None]))
    moved = np.fft.ifft2(np.fft.fft2(picture, axes=(0, 1)) * phase[:, :, None], axes=(0, 1))
    return np.asarray(np.abs(moved), np.float32)


def coil(p: Mapping[str, Any], points: Floats, inside: NDArray[np.bool_], rng: np.random.Generator) -> Floats:
    """Return the receive profile (*S), from 1 - s to 1 + s inside the head, s drawn from `bias`."""
    strength = np.float32(rng.uniform(*p["bias"]))
    field = draw_waves(rng, p["bias_mm"], 6).at(points)
    held = field[inside] if inside.any() else field.ravel()
    low, high = float(held.min()), float(held.max())
    scaled = (field - (low + high) / 2) / max((high - low) / 2, 1e-6)
    return np.asarray(1 + strength * scaled.clip(-1, 1), np.float32)


def with_noise(clean: Floats, scanner: Mapping[str, Any], rng: np.random.Generator, *, reference: float, snr: float) -> Floats:
    """Return the magnitude of the picture (X, Y, Z) with Rician noise; reference: the signal the ratio is stated for."""
    return add_rician(clean, {"correlation": scanner["correlation"]}, rng, reference=reference, snr=snr)


def store(picture: Floats, scanner: Mapping[str, Any], top: float, *, eight_bit: bool) -> NDArray[Any]:
    """Return whole numbers: `top` becomes 235 of 255, or 1000 of 4095, along the scanner's intensity curve."""
    scaled = np.maximum(picture / max(top, 1e-9), 0) ** scanner["curve"]
    if eight_bit:
        return np.asarray(np.clip(np.rint(235 * scaled), 0, 255), np.uint8)
    return np.asarray(np.clip(np.rint(1000 * scaled), 0, 4095), np.int16)
