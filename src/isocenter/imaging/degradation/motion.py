"""Motion: an MR whose patient moved between lines of k-space.

In:   a slice; `moves` sudden ones, each by up to `shift_px` samples in either direction.
Out:  the magnitude slice with ghosts along the second axis, the phase-encoded one; lines acquired before the first move, and the
      middle ones (which make the contrast), are where they were.
Not:  no rotation, no motion between slices.

Reference: Zaitsev, Maclaren & Herbst, J Magn Reson Imaging 2015; 42:887-901.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.image import Image
from isocenter.imaging.degradation.degradation import Array, Degradation, count_of, share_of
from isocenter.imaging.degradation.fourier import magnitude, to_k_space

MOVES = 10_000
"""At most: more than there are lines of k-space are none."""
STILL = 0.08
"""Share of lines in the middle of k-space that are acquired in the first pose."""


def make(samples: Array, image: Image, rng: np.random.Generator, options: Mapping[str, Any]) -> Array:
    """Return the ghosted magnitude (X, Y)."""
    del image
    moves, shift = count_of(options, "moves", least=1, most=MOVES), share_of(options, "shift_px", most=1e6)
    spectrum = to_k_space(samples)
    lines = samples.shape[1]
    times = np.sort(rng.integers(0, lines, moves))
    poses = np.vstack([np.zeros(2), rng.uniform(-shift, shift, (moves, 2))])
    pose = poses[np.searchsorted(times, np.arange(lines), side="right")]
    pose[np.abs(np.arange(lines) - lines // 2) <= STILL * lines / 2] = 0
    kx, ky = (np.fft.fftshift(np.fft.fftfreq(n)) for n in samples.shape)
    turn = np.exp(-2j * np.pi * (kx[:, None] * pose[None, :, 0] + ky[None, :] * pose[None, :, 1]))
    return magnitude(spectrum * turn)


DEGRADATION = Degradation(
    name="motion",
    does="MR of a patient who moved while k-space was filled.",
    cite="Zaitsev et al., J Magn Reson Imaging 2015; 42:887.",
    maker=make,
    options={"moves": 3, "shift_px": 3.0},
)
