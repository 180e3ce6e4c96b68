"""Kernel inception distance: how unlike two sets of images are, by the unbiased squared maximum mean discrepancy of features.

Out:  about 0 for sets of one origin (it may be negative: it is unbiased), larger the more unlike. NaN for fewer than two images.
Reference: Bińkowski et al., ICLR 2018, arXiv:1801.01401 (polynomial kernel of degree 3).
Differs:   features are Gist (metrics/gist.py), not those of a network that learned photographs.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.task import CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.gist import gist, require_images


def squared_discrepancy(
    real: NDArray[np.floating], made: NDArray[np.floating], weights: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return the unbiased estimate for each row of weights (B, N); features are (N, F) each, pairs share their weight."""
    within_real, within_made, between = _kernel(real, real), _kernel(made, made), _kernel(real, made)
    for kernel in (within_real, within_made):
        np.fill_diagonal(kernel, 0.0)
    total = weights.sum(axis=1)
    apart = total**2 - (weights**2).sum(axis=1)  # pairs of unlike images; an image drawn twice is no pair
    with np.errstate(invalid="ignore", divide="ignore"):
        same = (_form(weights, within_real) + _form(weights, within_made)) / apart
        value: NDArray[np.floating] = same - 2.0 * _form(weights, between) / total**2
    return np.where((weights > 0).sum(axis=1) >= 2, value, np.nan)


def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the distance for each row of weights."""
    require_images(truths, answers)
    if len(truths) < 2:
        return np.full(len(weights), np.nan)
    return squared_discrepancy(*gist(truths, answers), weights)


def _kernel(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.floating]:
    kernel: NDArray[np.floating] = (a @ b.T / a.shape[1] + 1.0) ** 3
    return kernel


def _form(weights: NDArray[np.floating], kernel: NDArray[np.floating]) -> NDArray[np.floating]:
    form: NDArray[np.floating] = ((weights @ kernel) * weights).sum(axis=1)
    return form


MEASURES = ("image",)
METRIC = CohortMetric(name="kid", unit="1", function=measure, better="lower", cite="Bińkowski et al., ICLR 2018, arXiv:1801.01401")
