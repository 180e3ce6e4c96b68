"""Edge sharpness: how steep an answered image is where the true one is steepest.

Out:  `edge_sharpness`: slope of the answer's gradient along the truth's, over the steepest twentieth of the truth's samples: 1 as
      steep, below 1 blurred, above 1 sharpened; NaN for a constant truth.
Reference: after the modulation of edges in Richard et al., Med Phys 2012; 39:4115-4122 (task-based transfer of edges).
Differs:   one number over all strong edges, in place of a transfer function of one.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.image import Image
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.image_pair import ImagePair, read_image_pair

STEEPEST = 95
"""Percentile of the truth's gradient above which a sample is an edge."""


def measure(pair: Pair) -> list[Measurement]:
    """Return the relative steepness of edges."""
    if not isinstance(pair.truth, Image):
        return []
    images = read_image_pair(pair)
    axes = tuple(a for a in range(1, 1 + pair.truth.grid.ndim) if images.truth.shape[a] > 2)
    value = steepness(images, pair.truth.grid.spacing, axes)
    return [Measurement(case=pair.case, name="edge_sharpness", value=value, unit="1", method="slope of gradients at edges")]


def steepness(images: ImagePair, spacing: Sequence[float], axes: tuple[int, ...]) -> float:
    """Return the slope of the answer's gradient along the truth's where the truth's is steepest; NaN without edges.

    spacing : of every axis of space
    axes    : of the arrays (C, *S), from 1, along which gradients are taken
    """
    if not axes or not images.inside.any():
        return math.nan
    steps = [spacing[a - 1] for a in axes]
    truth, answer = (_gradient(side, steps, axes)[:, images.inside] for side in (images.truth, images.answer))
    steep = np.linalg.norm(truth, axis=0)
    edge = (steep >= np.percentile(steep, STEEPEST)) & (steep > 0)
    if not edge.any():
        return math.nan
    return float((answer[:, edge] * truth[:, edge]).sum() / (truth[:, edge] ** 2).sum())


def _gradient(samples: NDArray[np.float64], spacing: Sequence[float], axes: tuple[int, ...]) -> NDArray[np.float64]:
    """Return the gradient (A, C, *S) along some axes, per world unit."""
    known = np.where(np.isfinite(samples), samples, 0.0)
    return np.stack([np.gradient(known, step, axis=axis) for step, axis in zip(spacing, axes, strict=True)])


MEASURES = ("image",)
METRIC: CaseMetric = measure
