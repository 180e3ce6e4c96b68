"""How far each image's k-th neighbor lies among its own kind: the ball it stands for.

Reference: Kynkäänniemi et al., NeurIPS 2019, arXiv:1904.06991 (k = 3).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

K = 3


def inside(points: NDArray[np.floating], of: NDArray[np.floating], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the share of points (N, F) that lie in a ball of `of` (N, F), for each row of weights (B, N); NaN below k + 1 points.

    The balls are those of all of `of`, whatever the weights: an image drawn twice would shrink its own ball to nothing. An interval
    from such weights speaks of the points, for this set of balls.
    """
    if len(of) <= K:
        return np.full(len(weights), np.nan)
    radius = np.sort(cdist(of, of), axis=1)[:, K]
    covered = (cdist(points, of) <= radius).any(axis=1)  # (N,)
    total = weights.sum(axis=1)
    share: NDArray[np.floating] = weights @ covered / np.where(total > 0, total, np.nan)
    return share
