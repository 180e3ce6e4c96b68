"""Otsu's threshold: the foreground of a picture, on either side.

In:   samples of one channel. Out: bool of the same shape.
Not:  no objects (watershed.py).

Reference: Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66.
"""

import numpy as np
from numpy.typing import NDArray


def otsu_foreground(samples: NDArray[np.floating], *, bright: bool = True) -> NDArray[np.bool_]:
    """Return the samples on one side of the threshold; none where all are alike, or there are none."""
    from skimage.filters import threshold_otsu

    if not samples.size or samples.max() <= samples.min():
        return np.zeros(samples.shape, bool)
    cut = float(threshold_otsu(samples))  # type: ignore[no-untyped-call]
    return np.asarray(samples > cut if bright else samples <= cut)
