"""Low count: emission tomography with a share of its counts.

In:   a slice of 0 and more; `share` of the counts, `counts` in the brightest sample at full time.
Out:  the slice with the noise of that many counts, on its own scale.
Not:  no projections: counts are drawn sample by sample, as after a reconstruction with little smoothing.

Reference: Shepp & Vardi, IEEE Trans Med Imaging 1982; 1:113-122 (counts are Poisson).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.errors import GeometryError
from isocenter.core.image import Image
from isocenter.imaging.degradation.degradation import Array, Degradation, share_of


def make(samples: Array, image: Image, rng: np.random.Generator, options: Mapping[str, Any]) -> Array:
    """Return the slice (X, Y) seen by fewer counts."""
    share, counts = share_of(options, "share"), share_of(options, "counts", most=1e9)
    if samples.min() < 0:
        raise GeometryError(f"expected activity of 0 and more, got {samples.min():g}. Counts are never negative.")
    top = float(image.array().max())
    if top == 0:
        return samples
    a_sample = counts * share / top
    return np.asarray(rng.poisson(samples.astype(float) * a_sample) / a_sample, np.float32)


DEGRADATION = Degradation(
    name="low_count",
    does="PET or SPECT with a share of its counts: Poisson noise.",
    cite="Shepp & Vardi, IEEE Trans Med Imaging 1982; 1:113.",
    maker=make,
    options={"share": 0.25, "counts": 1000.0},
)
