"""From the signal of planes to what the scanner stores: coil, blur, averaging, noise, whole numbers.

In:   signal on fine samples (X, Y, N), N planes or times; positions from the heart's axis; a scanner.
Out:  Shot: stored samples with noise and without, and how they were acquired.
Not:  no anatomy, no choice of scanner (brain/scan.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.brain.scan import Sampling, average, coil, sample, store, with_noise
from isocenter.phantoms.brain.waves import Floats
from isocenter.phantoms.heart.settings import MATERIALS
from isocenter.phantoms.heart.signal import steady_signal


class Shot(Record):
    """What one scan stores, (X, Y, N)."""

    noisy: NDArray[Any]
    clean: NDArray[Any]
    facts: Mapping[str, float | str]


class Coils(Record):
    """Where how much of the signal is received, (X, Y, 1), and how the scan turns signal into numbers."""

    profile: Floats
    top: float
    """The signal that is stored as 1000."""
    snr: float
    """Of blood at the heart."""


def signals_of(p: Mapping[str, Any], scanner: Mapping[str, Any]) -> dict[str, float]:
    """Return the signal of every material on a scanner."""
    return {name: steady_signal(p, scanner, name) for name in MATERIALS}


def draw_coils(p: Mapping[str, Any], scanner: Mapping[str, Any], rng: np.random.Generator, x: Floats, y: Floats) -> Coils:
    """Draw the reception of coils on the chest: stronger in front, uneven everywhere. x, y (X, Y) mm from the heart's axis."""
    points = np.stack([x, y, np.zeros_like(x)])[..., None]
    uneven = coil(p, points, np.ones(points.shape[1:], bool), rng)
    surface = np.exp(np.float32(rng.uniform(*p["surface_per_100_mm"])) * points[1] / 100)
    blood = signals_of(p, scanner)["blood"]
    snr = float(scanner["snr"] * np.exp(p["snr_spread"] * rng.normal()))
    return Coils(profile=np.asarray(uneven * surface, np.float32), top=p["top_over_blood"] * blood, snr=snr)


def shoot(
    p: Mapping[str, Any], scanner: Mapping[str, Any], coils: Coils, rng: np.random.Generator, fine: Floats, sampling: Sampling
) -> Shot:  # fmt: skip
    """Scan fine samples of signal (X, Y, N)."""
    still = sample(fine, sampling, scanner) * coils.profile
    noisy = with_noise(still, scanner, rng, reference=signals_of(p, scanner)["blood"], snr=coils.snr)
    facts: dict[str, float | str] = {"snr": coils.snr, **{key: value for key, value in scanner.items() if isinstance(value, float)}}
    stored, clean = (store(image, scanner, coils.top, eight_bit=False) for image in (noisy, still))
    return Shot(noisy=stored, clean=clean, facts=facts)


def coarse(fine: Floats, times: int, deep: int = 1) -> Floats:
    """Return the mean of fine samples (X, Y, N) over blocks of times x times x deep."""
    return average(fine, (times, times, deep))
