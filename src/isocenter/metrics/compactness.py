"""Compactness: how round a mask is, whatever its size: 1 for a disk or ball, less the more border it has.

In:   a bool mask (*S), 2-D or 3-D, and its spacing.
Out:  the isoperimetric quotient.
Not:  no labels or cases (per_case/compactness.py).

Reference: Cox, J Paleontol 1927; 1:179-183 (circularity); Wadell, J Geol 1935; 43:250-280 (sphericity, here cubed).
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.metrics.surface_elements import element_sizes, neighbour_codes


def compactness(mask: NDArray[np.bool_], *, spacing: Sequence[float]) -> float:
    """Return 4 pi area / length² of a picture, 36 pi volume² / area³ of a volume; NaN for an empty mask.

    The border runs midway between samples, its corners cut: a mask of few samples has less of it than its samples' outlines,
    and may come out above 1. The image border closes a mask that touches it.
    """
    if not mask.any():
        return math.nan
    codes = neighbour_codes(mask)
    border = float(np.bincount(codes.ravel(), minlength=2 ** (2**mask.ndim)) @ element_sizes(spacing))
    size = float(np.count_nonzero(mask)) * math.prod(spacing)
    return 4 * math.pi * size / border**2 if mask.ndim == 2 else 36 * math.pi * size**2 / border**3
