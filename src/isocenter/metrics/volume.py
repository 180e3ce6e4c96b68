"""How much space a mask takes, and how far off the answer is.

In:   bool masks (*S) and spacing.
Out:  mL (3-D), mm2 (2-D), or samples (px) where there are no millimetres; relative error.
Not:  no shape.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def volume(mask: NDArray[np.bool_], *, spacing: Sequence[float], unit: str) -> float:
    """Return the size of a mask in `size_unit(mask.ndim, unit)`; 0 for an empty mask.

    spacing : one an axis
    unit    : of the spacing, "mm" or "px"
    """
    samples = float(np.count_nonzero(mask))
    if unit != "mm":
        return samples
    return samples * math.prod(spacing) / (1000.0 if mask.ndim == 3 else 1.0)


def size_unit(ndim: int, unit: str) -> str:
    """Return the unit of a size: mL for 3-D in mm, mm2 for 2-D in mm, px (samples) otherwise."""
    return {2: "mm2", 3: "mL"}[ndim] if unit == "mm" else "px"


def relative_error(truth: float, answer: float) -> float:
    """Return (answer - truth) / truth: 0.1 = 10 % too large, -1 = nothing found. NaN when there is nothing in truth."""
    return (answer - truth) / truth if truth > 0 else math.nan
