"""Time-of-flight angiography: fresh blood is bright, and fades as it is pulsed on its way.

In:   tissue shares, vessel occupancy and blood's age in seconds, a scanner.
Out:  signal without noise, then with Rician noise.
Not:  no anatomy.

Signal: spoiled gradient echo. After n pulses Mz = Mss + (1 - Mss) (E1 cos a)^n, with E1 = exp(-TR / T1) and
Mss = (1 - E1) / (1 - E1 cos a); S = density Mz sin a exp(-TE / T2*). References: Haacke et al., Magnetic Resonance Imaging,
1999, ch. 18 and 24; Gudbjartsson & Patz, Magn Reson Med 1995; 34:910-914 (Rician noise).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.phantoms.vessels.raster import Cube
from isocenter.phantoms.vessels.tissue import smooth_field

Array = NDArray[np.float32]


def echo(material: Mapping[str, Any], scanner: Mapping[str, float], pulses: Array | float) -> Array:
    """Return the signal of a material after a number of pulses; infinity gives the steady state."""
    t1 = material["t1_ms"][0 if scanner["tesla"] < 2 else 1]
    flip = np.deg2rad(scanner["flip_deg"])
    e1 = np.exp(-scanner["repeat_ms"] / t1)
    steady = (1 - e1) / (1 - e1 * np.cos(flip))
    longitudinal = steady + (1 - steady) * (e1 * np.cos(flip)) ** np.asarray(pulses, np.float64)
    return np.asarray(
        material["density"] * longitudinal * np.sin(flip) * np.exp(-scanner["echo_ms"] / material["t2s_ms"]), np.float32
    )


def clean_signal(
    parameters: Mapping[str, Any],
    tissue: Mapping[str, Array],
    vessel: Array,
    age_s: Array,
    scanner: Mapping[str, float],
    grain: Array,
) -> Array:
    """Mix tissues and blood by their shares, (N, N, N).

    age_s : time since blood entered the slab, per voxel; with several slabs it is counted anew in each
    """
    still = np.zeros_like(vessel)
    for name, share in tissue.items():
        still += share * echo(parameters["tissues"][name], scanner, np.inf)
    still *= 1 + grain
    pulses = 1000.0 * age_s / scanner["repeat_ms"] / scanner["slabs"]
    return np.asarray(still * (1 - vessel) + vessel * echo(parameters["blood"], scanner, pulses), np.float32)


def coil(parameters: Mapping[str, Any], cube: Cube, scanner: Mapping[str, float], rng: np.random.Generator) -> Array:
    """Return the receive profile (N, N, N), mean 1: smooth, with a ramp along z and the edges of the slabs where it has them."""
    side = cube.size * cube.voxel_mm
    field = smooth_field(cube, rng, 0.6 * side)
    strength = float(rng.uniform(*parameters["bias"]))
    profile = np.exp(np.float32(strength) * np.clip(field, -2, 2) * 0.6)
    height = (cube.centers / side + 0.5).astype(np.float32)
    ramp = 1 + np.float32(scanner["ramp"]) * (height - 0.5)
    if scanner["slabs"] > 1:
        ramp = ramp * (1 - 0.10 * np.abs(2 * ((height * scanner["slabs"]) % 1.0) - 1) ** 6)
    profile = profile * ramp[None, None]
    return np.asarray(profile / profile.mean(), np.float32)


def add_rician(signal: Array, scanner: Mapping[str, float], rng: np.random.Generator, *, reference: float, snr: float) -> Array:
    """Return the magnitude of the signal with complex Gaussian noise, correlated in-plane as interpolation leaves it.

    reference : signal the signal-to-noise ratio is stated for
    """
    sigma = reference / snr
    parts = rng.standard_normal((2, *signal.shape), dtype=np.float32)
    width = scanner["correlation"]
    if width > 0:
        parts = ndimage.gaussian_filter(parts, (0, width, width, 0), mode="wrap")
        parts /= parts.std()
    return np.asarray(np.hypot(signal + sigma * parts[0], sigma * parts[1]), np.float32)
