"""Distances between two surfaces, each weighted by the surface it stands for.

In:   two bool masks (*S), 2-D or 3-D, and the spacing.
Out:  SurfaceDistances; from it HD95, surface Dice at a tolerance, mean surface distance, in units of the spacing.
Not:  no labels or cases (per_case/hd95.py). MONAI's other definition of HD95 is in edge_distance.py.
Reference: Nikolov et al., J Med Internet Res 2021; 23:e26151, arXiv:1809.04430. Equal to its code `surface-distance` 0.1.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError
from isocenter.core.record import Record
from isocenter.metrics.nearest import bounding_box, nearest_distances
from isocenter.metrics.surface_elements import element_sizes, neighbour_codes


class SurfaceDistances(Record):
    """From every surface element to the nearest element of the other surface; sorted by distance."""

    truth_to_answer: NDArray[np.float64]
    """(M,); inf when the answer is empty, no elements when the truth is."""
    truth_size: NDArray[np.float64]
    """(M,) area (3-D) or length (2-D) of each element."""
    answer_to_truth: NDArray[np.float64]
    answer_size: NDArray[np.float64]

    @property
    def missed(self) -> bool:
        """One of the two masks is empty: there is no distance."""
        return (self.truth_size.size == 0) != (self.answer_size.size == 0)

    @property
    def empty(self) -> bool:
        """Both masks are empty: there is nothing to measure."""
        return self.truth_size.size == 0 and self.answer_size.size == 0


def surface_distances(truth: NDArray[np.bool_], answer: NDArray[np.bool_], *, spacing: Sequence[float]) -> SurfaceDistances:
    """Measure from each surface to the other.

    Parameters
    ----------
    truth, answer : bool (*S)
        2-D or 3-D. The image border closes a mask that touches it.
    spacing : one a axis
        Distance between samples; distances come in its unit.

    Returns
    -------
    SurfaceDistances. GeometryError if shapes or axes do not fit.
    """
    if truth.shape != answer.shape or truth.ndim != len(spacing):
        raise GeometryError(
            f"expected two masks of one shape and a spacing for each axis, got {truth.shape}, {answer.shape} and {tuple(spacing)}."
        )
    box = bounding_box(truth, answer)
    if box is None:
        nothing = np.empty(0)
        return SurfaceDistances(truth_to_answer=nothing, truth_size=nothing, answer_to_truth=nothing, answer_size=nothing)
    sizes = element_sizes(spacing)
    truth_codes, answer_codes = neighbour_codes(truth[box]), neighbour_codes(answer[box])
    truth_border, answer_border = _border(truth_codes), _border(answer_codes)
    out, truth_size = _sorted(nearest_distances(truth_border, answer_border, spacing), sizes[truth_codes[truth_border]])
    back, answer_size = _sorted(nearest_distances(answer_border, truth_border, spacing), sizes[answer_codes[answer_border]])
    return SurfaceDistances(truth_to_answer=out, truth_size=truth_size, answer_to_truth=back, answer_size=answer_size)


def robust_hausdorff(distances: SurfaceDistances, *, percent: float = 95.0) -> float:
    """Return the distance within which `percent` of either surface lies from the other: the larger of the two directions.

    Infinite when one mask is empty (a miss), NaN when both are.
    """
    if distances.empty:
        return math.nan
    if distances.missed:
        return math.inf
    return max(
        _weighted_percentile(distances.truth_to_answer, distances.truth_size, percent),
        _weighted_percentile(distances.answer_to_truth, distances.answer_size, percent),
    )


def surface_dice(distances: SurfaceDistances, *, tolerance: float) -> float:
    """Return the share of both surfaces that lies within a tolerance of the other. 0 when one is empty, NaN when both are."""
    if distances.empty:
        return math.nan
    close = (
        distances.truth_size[distances.truth_to_answer <= tolerance].sum()
        + distances.answer_size[distances.answer_to_truth <= tolerance].sum()
    )
    return float(close / (distances.truth_size.sum() + distances.answer_size.sum()))


def directed_means(distances: SurfaceDistances) -> tuple[float, float]:
    """Return the mean distance truth -> answer and answer -> truth. Infinite when one mask is empty, NaN when both are."""
    if distances.empty:
        return (math.nan, math.nan)
    if distances.missed:
        return (math.inf, math.inf)
    return (
        float(np.average(distances.truth_to_answer, weights=distances.truth_size)),
        float(np.average(distances.answer_to_truth, weights=distances.answer_size)),
    )


def mean_surface_distance(distances: SurfaceDistances) -> float:
    """Return the mean of the two directed means. Infinite when one mask is empty, NaN when both are."""
    out, back = directed_means(distances)
    return (out + back) / 2


def _border(codes: NDArray[np.uint8]) -> NDArray[np.bool_]:
    full = 15 if codes.ndim == 2 else 255
    return np.asarray((codes != 0) & (codes != full))


def _sorted(distances: NDArray[np.float64], sizes: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    order = np.lexsort((sizes, distances))
    return distances[order], sizes[order]


def _weighted_percentile(distances: NDArray[np.float64], sizes: NDArray[np.float64], percent: float) -> float:
    share = np.cumsum(sizes) / sizes.sum()
    index = int(np.searchsorted(share, percent / 100.0))
    return float(distances[min(index, distances.size - 1)])
