"""Smooth random fields as sums of plane waves: they have a value and a slope anywhere, at any resolution.

In:   wavelengths, a generator; then points.
Out:  values (mean 0, SD 1 over space), and lengths of gradients.
Not:  no anatomy.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record

Floats = NDArray[np.float32]


class Waves(Record):
    """K plane waves."""

    vector: Floats
    """(K, 3), radians a mm."""
    phase: Floats
    """(K,)."""

    def at(self, points: Floats) -> Floats:
        """Return the values (*S) at points (3, *S) mm."""
        total = np.zeros(points.shape[1:], np.float32)
        for vector, phase in zip(self.vector, self.phase, strict=True):
            total += np.cos(_along(vector, points) + phase)
        return np.asarray(total * np.float32(np.sqrt(2 / len(self.phase))), np.float32)

    def with_slope(self, points: Floats) -> tuple[Floats, Floats]:
        """Return values and lengths of gradients (a mm), both (*S)."""
        total = np.zeros(points.shape[1:], np.float32)
        slope = np.zeros(points.shape, np.float32)
        for vector, phase in zip(self.vector, self.phase, strict=True):
            angle = _along(vector, points) + phase
            total += np.cos(angle)
            sine = np.sin(angle, out=angle)
            for axis in range(3):
                slope[axis] -= vector[axis] * sine
        scale = np.float32(np.sqrt(2 / len(self.phase)))
        return np.asarray(total * scale, np.float32), np.asarray(np.sqrt((slope**2).sum(0)) * scale, np.float32)


def draw_waves(rng: np.random.Generator, wavelength_mm: Sequence[float], count: int = 14) -> Waves:
    """Return waves of all directions, their lengths spread evenly between two bounds."""
    way = rng.normal(size=(count, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    length = rng.uniform(wavelength_mm[0], wavelength_mm[1], count)
    phase = rng.uniform(0, 2 * np.pi, count)
    return Waves(vector=np.asarray(2 * np.pi * way / length[:, None], np.float32), phase=np.asarray(phase, np.float32))


def _along(vector: Floats, points: Floats) -> Floats:
    """Return the phase a wave has moved by at points."""
    return np.asarray(vector[0] * points[0] + vector[1] * points[1] + vector[2] * points[2], np.float32)
