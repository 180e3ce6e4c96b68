"""Fréchet distance of two sets of images: of Gaussians fitted to their features.

Out:  0 for one Gaussian, larger the more unlike. NaN below 2000 images: it is biased upwards there; use kid.
Reference: Heusel et al., NeurIPS 2017, arXiv:1706.08500.
Differs:   features are Gist (metrics/gist.py).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import sqrtm

from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.gist import gist, require_images

FEWEST = 2000


def frechet(real: NDArray[np.floating], made: NDArray[np.floating], weights: NDArray[np.floating]) -> float:
    """Return the distance of two sets of features (N, F) that share their weights (N,)."""
    (m, c), (n, d) = _moments(real, weights), _moments(made, weights)
    root = np.real(sqrtm(c @ d))
    return float(((m - n) ** 2).sum() + np.trace(c + d - 2.0 * root))


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the distance for each row of weights."""
    require_images(truths, answers)
    if len(truths) < FEWEST:
        return np.full(len(weights), np.nan)
    real, made = gist(truths, answers)
    return np.array([frechet(real, made, row) for row in weights])


def _moments(features: NDArray[np.floating], weights: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    mean = weights @ features / weights.sum()
    off = features - mean
    return mean, (off * weights[:, None]).T @ off / weights.sum()


MEASURES = ("image",)
METRIC = CohortMetric(name="fid", unit="1", function=measure, better="lower", cite="Heusel et al., NeurIPS 2017, arXiv:1706.08500")
