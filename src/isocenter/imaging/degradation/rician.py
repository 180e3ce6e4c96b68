"""Rician noise: the magnitude of an MR whose real and imaginary parts are noisy.

In:   a slice; `snr`, the bright signal (99th percentile of the image) over the standard deviation of each part.
Out:  the magnitude slice: nowhere below 0, and brighter than the truth where the signal is weak.

Reference: Gudbjartsson & Patz, Magn Reson Med 1995; 34:910-914.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.image import Image
from isocenter.imaging.degradation.degradation import Array, Degradation, share_of


def make(samples: Array, image: Image, rng: np.random.Generator, options: Mapping[str, Any]) -> Array:
    """Return the noisy magnitude (X, Y)."""
    bright = float(np.percentile(np.abs(image.array()), 99))
    sigma = bright / share_of(options, "snr", most=1e9)
    real, imaginary = sigma * rng.standard_normal((2, *samples.shape))
    return np.asarray(np.hypot(samples + real, imaginary), np.float32)


DEGRADATION = Degradation(
    name="rician",
    does="MR with Rician noise.",
    cite="Gudbjartsson & Patz, Magn Reson Med 1995; 34:910.",
    maker=make,
    options={"snr": 10.0},
)
