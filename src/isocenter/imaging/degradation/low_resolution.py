"""Low resolution: what larger pixels would have shown, drawn on the pixels of the image.

In:   a slice; `factor`, how many times larger the pixels are.
Out:  the slice averaged over squares of that side (the detector integrates), interpolated linearly onto its own grid.
Not:  no change of the grid: a restoration learns what the pixels lost, not where they are.

Reference: Greenspan, Comput J 2009; 52:43-63 (super-resolution in medical imaging).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import ndimage

from isocenter.core.image import Image
from isocenter.imaging.degradation.degradation import Array, Degradation, count_of


def make(samples: Array, image: Image, rng: np.random.Generator, options: Mapping[str, Any]) -> Array:
    """Return the slice (X, Y) as larger pixels show it."""
    del image, rng
    factor = count_of(options, "factor", least=2, most=min(samples.shape) // 2)
    padded = np.pad(samples, [(0, -n % factor) for n in samples.shape], mode="edge")
    x, y = (n // factor for n in padded.shape)
    coarse = padded.reshape(x, factor, y, factor).mean(axis=(1, 3))
    places = [(np.arange(n) - (factor - 1) / 2) / factor for n in samples.shape]
    at = np.meshgrid(*places, indexing="ij")
    return np.asarray(ndimage.map_coordinates(coarse, at, order=1, mode="nearest"), np.float32)


DEGRADATION = Degradation(
    name="low_resolution",
    does="Larger pixels: averaged, and interpolated back.",
    cite="Greenspan, Comput J 2009; 52:43.",
    maker=make,
    options={"factor": 2},
)
