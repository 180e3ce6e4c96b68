"""How far each image's k-th neighbor lies among its own kind: the ball it stands for.

Reference: Kynkäänniemi et al., NeurIPS 2019, arXiv:1904.06991 (k = 3).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

K = 3


def inside(points: NDArray[np.floating], of: NDArray[np.floating], weights: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the share of points (N, F) that lie in a ball of `of` (N, F), for each row of weights (B, N); NaN below k + 1 points.

    A ball's radius is the distance to its K-th neighbor among all of `of`; balls of weight 0 do not count.
    """
    if len(of) <= K:
        return np.full(len(weights), np.nan)
    radius = np.sort(cdist(of, of), axis=1)[:, K]
    within = cdist(points, of) <= radius  # (N, N)
    covered = (within.astype(np.float32) @ (weights.T > 0).astype(np.float32)) > 0  # (N, B)
    total = weights.sum(axis=1)
    share: NDArray[np.floating] = (weights * covered.T).sum(axis=1) / np.where(total > 0, total, np.nan)
    return share
