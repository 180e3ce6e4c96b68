"""Gist: what a picture looks like as a whole, in some hundred numbers that nobody had to learn.

In:   images; each is kept as a picture of 32 × 32 samples.
Out:  features (N, F): energy of oriented band-pass filters in a 4 × 4 grid of places, and the coarse brightness of each place.
Not:  no network and no patient: features learned elsewhere are for audits.

Reference: Oliva & Torralba, Int J Comput Vis 2001; 42:145-175.
Differs:   no local contrast normalization; log-Gabor filters; scaled by the reference pictures.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from isocenter.core.grid import plain_grid
from isocenter.core.image import Image, held_image
from isocenter.core.value import Value
from isocenter.imaging.resample import average_to
from isocenter.metrics.cohort_values import wrong_kind

SIDE = 32
PLACES = 4
SCALES = (0.06, 0.12, 0.24)
"""Middle frequencies, cycles a sample."""
ORIENTATIONS = 6
AT_ONCE = 64


def thumbnail(value: Value) -> Value | None:
    """Return the picture kept of an image, (C, 32, 32); of a volume its middle slice; None for what is no image."""
    if not isinstance(value, Image):
        return None
    samples = np.asarray(value.array(), np.float32)
    if samples.ndim == 4:
        samples = samples[..., samples.shape[-1] // 2]
    if samples.ndim != 3:
        return None
    return held_image(average_to(samples, (SIDE, SIDE)), plain_grid((SIDE, SIDE)), unit=value.unit)


def require_images(truths: Sequence[Value], answers: Sequence[Value]) -> None:
    """Raise StudyError for what is no image."""
    for truth, answer in zip(truths, answers, strict=True):
        if not isinstance(truth, Image) or not isinstance(answer, Image):
            raise wrong_kind("images", truth, answer)


def gist(truths: Sequence[Value], answers: Sequence[Value]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the features of both, (N, F) each, in standard deviations of the truths'."""
    real, made = _stack(truths), _stack(answers)
    center, spread = real.mean(), real.std() or 1.0
    reference, found = (_remembered(_Pictures((some - center) / spread)) for some in (real, made))
    mean, deviation = reference.mean(axis=0), reference.std(axis=0)
    deviation[deviation < 1e-6] = 1.0
    return (reference - mean) / deviation, (found - mean) / deviation


def _stack(values: Sequence[Value]) -> NDArray[np.float64]:
    """(N, 32, 32): the mean of the channels."""
    return np.stack([v.array().mean(axis=0, dtype=float) for v in values if isinstance(v, Image)])


class _Pictures:
    """Pictures that are the same key when they are the same: resampling asks for their features again and again."""

    def __init__(self, samples: NDArray[np.float64]) -> None:
        self.samples = samples
        self._digest = blake2b(np.ascontiguousarray(samples).tobytes()).digest()

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Pictures) and self._digest == other._digest


@lru_cache(maxsize=8)
def _remembered(pictures: _Pictures) -> NDArray[np.float64]:
    found = _features(pictures.samples)
    found.setflags(write=False)
    return found


def _features(pictures: NDArray[np.float64]) -> NDArray[np.float64]:
    found = []
    for first in range(0, len(pictures), AT_ONCE):
        some = pictures[first : first + AT_ONCE]
        padded = np.pad(some, [(0, 0), (SIDE // 2, SIDE // 2), (SIDE // 2, SIDE // 2)], mode="symmetric")
        spectrum = np.fft.fft2(padded)[:, None]  # (n, 1, 64, 64)
        energy = np.abs(np.fft.ifft2(spectrum * _filters()))[..., SIDE // 2 : -SIDE // 2, SIDE // 2 : -SIDE // 2]
        maps = np.concatenate([some[:, None], energy], axis=1)  # (n, 1 + K, 32, 32)
        step = SIDE // PLACES
        pooled = maps.reshape(*maps.shape[:2], PLACES, step, PLACES, step).mean(axis=(3, 5))
        found.append(pooled.reshape(len(some), -1))
    return np.concatenate(found)


@cache
def _filters() -> NDArray[np.float64]:
    """(K, 64, 64) in the frequency domain: log-Gabor along the radius, Gaussian in the angle."""
    f = np.fft.fftfreq(2 * SIDE)
    u, v = np.meshgrid(f, f, indexing="ij")
    radius, angle = np.hypot(u, v), np.arctan2(v, u)
    radius[0, 0] = 1.0
    made = []
    for middle in SCALES:
        band = np.exp(-(np.log(radius / middle) ** 2) / (2 * np.log(0.6) ** 2))
        band[0, 0] = 0.0
        for k in range(ORIENTATIONS):
            turned = np.angle(np.exp(1j * (angle - k * np.pi / ORIENTATIONS)))
            made.append(band * np.exp(-(turned**2) / (2 * (np.pi / ORIENTATIONS / 1.2) ** 2)))
    return np.stack(made)
