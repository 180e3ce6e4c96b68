"""What a CT scanner does: point-spread function, slice, averaging, kernel, calibration, noise of its own grain.

In:   HU on a fine box, a scanner's numbers, a generator.
Out:  HU as stored (int16), with noise and without.
Not:  no beam hardening (head/cupping.py), no anatomy.

Reference: Kijewski & Judy, Phys Med Biol 1987; 32:565-575 (spectrum of CT noise); Hsieh, Computed Tomography, 3rd ed., 2015.
Differs:   drawn in image space; no projections, so no streaks.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.phantoms.tomograph.box import Array, Box

Stored = NDArray[np.int16]


class Scanner(Record):
    """One machine with one protocol, as drawn for one scan."""

    name: str
    psf_mm: float
    """SD of the in-plane point-spread function."""
    slice_mm: float
    """Slice thickness: blurs along z, whatever the grid's spacing."""
    sharpen: float
    """Edge enhancement of the kernel, 0 = none."""
    noise_hu: float
    """SD of noise in the middle of a patient of usual size."""
    grain_mm: float
    """SD of the noise's correlation in-plane; 0 = white."""
    ramp: float
    """How far low frequencies are missing from the noise (0 none … 1 all): high for a sharp kernel."""
    offset_hu: float
    """Error of calibration in air; it fades toward water."""


def choose_scanner(parameters: Mapping[str, Any], rng: np.random.Generator, options: Mapping[str, Any]) -> Scanner:
    """Draw the scanner, its dose and its drift; the one kept for test is drawn only when the nuisance is "test"."""
    drawn = str(rng.choice([name for name in parameters["scanners"] if name != parameters["held_scanner"]]))
    dose, drift = np.exp(parameters["noise_spread"] * rng.standard_normal()), parameters["drift_hu"] * rng.standard_normal()
    name = options["scanner"] or (drawn if options["nuisance"] == "learn" else parameters["held_scanner"])
    numbers = dict(parameters["scanners"][name])
    numbers["noise_hu"] *= float(dose)
    numbers["offset_hu"] += float(drift)
    return Scanner(name=str(name), **numbers)


def clean_scan(fine_hu: Array, box: Box, times: int, scanner: Scanner) -> Array:
    """Return the noise-free scan on the box: blurred while fine, then averaged, sharpened, mis-calibrated."""
    fine = box.finer(times)
    x, y, z = fine.spacing_mm
    beyond = max(scanner.slice_mm**2 - box.spacing_mm[2] ** 2, 0.0) / 12  # what the slice is thicker than the voxel
    sigma = (scanner.psf_mm / x, scanner.psf_mm / y, float(np.sqrt(beyond)) / z)
    image = box.average(np.asarray(ndimage.gaussian_filter(fine_hu, sigma, mode="nearest", truncate=3.0)), times)
    if scanner.sharpen:
        soft = ndimage.gaussian_filter(image, (1.0, 1.0, 0.0), mode="nearest")
        image = image + np.float32(scanner.sharpen) * (image - soft)
    air = np.clip(-image / 1000, 0, 1)
    return np.asarray(image + np.float32(scanner.offset_hu) * air, np.float32)


def draw_noise(box: Box, scanner: Scanner, rng: np.random.Generator, inside: Array) -> Array:
    """Return the noise (X, Y, Z), HU: correlated in-plane, stronger behind more tissue.

    inside : share of body in every voxel; the noise is least in the air around it
    """
    noise = rng.standard_normal(box.shape).astype(np.float32)
    wide = (scanner.grain_mm / box.spacing_mm[0], scanner.grain_mm / box.spacing_mm[1], 0.0)
    noise = np.asarray(ndimage.gaussian_filter(noise, wide, mode="wrap"), np.float32)
    if scanner.ramp:
        low = ndimage.gaussian_filter(noise, (wide[0] + 1.0, wide[1] + 1.0, 0.0), mode="wrap")
        noise = noise - np.float32(scanner.ramp) * low
    side = [0.25 * n for n in box.shape[:2]]
    depth = ndimage.gaussian_filter(inside, (*side, 0.0), mode="constant")
    depth = depth / max(float(depth.max()), 1e-9)
    strength = np.float32(scanner.noise_hu / max(float(noise.std()), 1e-9)) * (0.4 + 0.6 * depth)
    return np.asarray(noise * strength, np.float32)


def store(image: Array) -> Stored:
    """Return HU as a scanner stores them: whole numbers from -1024 to 3071."""
    return np.asarray(np.clip(np.rint(image), -1024, 3071), np.int16)
