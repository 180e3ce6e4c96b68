"""Peaks: the local maxima of a map.

In:   a map (*S). Out: where it is highest within a neighborhood, and how high.
Not:  no threshold is chosen, no world: samples.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


def find_peaks(
    values: NDArray[np.floating], *, distance: int = 1, smooth: float | Sequence[float] = 0.0, least: float = 0.0
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return local maxima, highest first.

    values   : (*S)
    distance : in samples; of two maxima within a box of this half side the higher one is kept
    smooth   : σ in samples of a Gaussian before the search, one for all axes or one each; 0 = none
    least    : lower maxima are left out; a plateau is one maximum, at its middle
    return   : indices (N, d), heights (N,) after smoothing
    """
    from skimage.feature import peak_local_max

    seen = ndimage.gaussian_filter(np.asarray(values, float), smooth)
    found = peak_local_max(seen, min_distance=max(1, distance), threshold_abs=least, exclude_border=False)  # type: ignore[no-untyped-call]
    heights = seen[tuple(found.T)] if len(found) else np.zeros(0)
    order = np.argsort(-heights, kind="stable")
    return np.asarray(found[order], np.intp).reshape(-1, seen.ndim), np.asarray(heights[order], float)
