"""Boundary F1: do the edges of two masks lie within a tolerance of one another?

In:   two bool masks (*S), spacing, tolerance.
Out:  a ratio in [0, 1]. One mask empty: 0. Both: NaN.
Not:  edges are counted in samples; for surfaces weighted by their area see surface_distance.py.
Reference: Csurka et al., What is a good evaluation measure for semantic segmentation?, BMVC 2013.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.metrics.edge_distance import edge_samples
from isocenter.metrics.nearest import bounding_box, nearest_distances


def boundary_f1(truth: NDArray[np.bool_], answer: NDArray[np.bool_], *, spacing: Sequence[float], tolerance: float) -> float:
    """Return the harmonic mean of: share of the answer's edge near the truth's, and share of the truth's near the answer's.

    tolerance : in units of the spacing; a distance equal to it is near
    """
    box = bounding_box(truth, answer)
    if box is None:
        return math.nan
    true_edge, found_edge = edge_samples(truth[box]), edge_samples(answer[box])
    if not true_edge.any() or not found_edge.any():
        return 0.0
    precision = float((nearest_distances(found_edge, true_edge, spacing) <= tolerance).mean())
    recall = float((nearest_distances(true_edge, found_edge, spacing) <= tolerance).mean())
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
