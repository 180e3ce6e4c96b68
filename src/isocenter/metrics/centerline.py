"""clDice: how well tubes agree in their course, whatever their width.

In:   two bool masks (*S), 2-D or 3-D.
Out:  a ratio in [0, 1]. One mask empty: 0. Both: NaN.
Not:  no loss (learning/losses).
Reference: Shit et al., clDice, CVPR 2021, arXiv:2003.07311. Skeletons by scikit-image: Zhang & Suen 1984 in 2-D, Lee et
    al. 1994 in 3-D.
"""

import math

import numpy as np
from numpy.typing import NDArray
from skimage.morphology import skeletonize

from isocenter.metrics.nearest import bounding_box


def centerline_dice(truth: NDArray[np.bool_], answer: NDArray[np.bool_]) -> float:
    """Return the harmonic mean of: share of the answer's centerline inside the truth, and of the truth's inside the answer."""
    box = bounding_box(truth, answer)
    if box is None:
        return math.nan
    truth, answer = truth[box], answer[box]
    if not truth.any() or not answer.any():
        return 0.0
    true_line, found_line = centerline(truth), centerline(answer)
    precision = float(truth[found_line].mean())
    sensitivity = float(answer[true_line].mean())
    return 2 * precision * sensitivity / (precision + sensitivity) if precision + sensitivity else 0.0


def centerline(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the skeleton of a mask (*S); that of a non-empty mask is never empty."""
    padded: NDArray[np.bool_] = skeletonize(np.pad(mask, 1))  # type: ignore[no-untyped-call]
    line = padded[(slice(1, -1),) * mask.ndim]
    return line if line.any() else mask
