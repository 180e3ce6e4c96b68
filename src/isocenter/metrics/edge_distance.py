"""HD95 as MONAI defines it: percentile over edge samples, unweighted.

In:   two bool masks (*S) and the spacing.
Out:  a distance in units of the spacing.
Not:  not the product's HD95 (surface_distance.py), which weighs each element by its surface and does not grow with voxel density.
Reference: MONAI, compute_hausdorff_distance(percentile=95, directed=False, spacing=...).
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_erosion

from isocenter.core.errors import GeometryError
from isocenter.metrics.nearest import bounding_box, nearest_distances


def edge_hausdorff(
    truth: NDArray[np.bool_], answer: NDArray[np.bool_], *, spacing: Sequence[float], percent: float = 95.0
) -> float:
    """Return the larger of the two directed percentiles between edge samples.

    Infinite when one mask is empty, NaN when both are. GeometryError if the shapes differ.
    """
    if truth.shape != answer.shape or truth.ndim != len(spacing):
        raise GeometryError(f"expected two masks of one shape and its spacing, got {truth.shape}, {answer.shape}, {spacing}.")
    box = bounding_box(truth, answer)
    if box is None:
        return math.nan
    truth_edge, answer_edge = edge_samples(truth[box]), edge_samples(answer[box])
    if not truth_edge.any() or not answer_edge.any():
        return math.inf
    out = np.percentile(nearest_distances(truth_edge, answer_edge, spacing), percent)
    back = np.percentile(nearest_distances(answer_edge, truth_edge, spacing), percent)
    return float(max(out, back))


def edge_samples(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the samples of a mask with a direct neighbour outside it; the border of the image counts as outside."""
    return np.asarray(mask & ~binary_erosion(mask), bool)
