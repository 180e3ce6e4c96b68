"""Vesselness: how much the surroundings of a sample look like a tube.

In:   an array (*S), 2-D or 3-D, its spacing, tube sizes.
Out:  vesselness in [0, 1], the largest over the sizes.
Not:  no threshold, no tracking.

Reference: Frangi et al., Multiscale vessel enhancement filtering, MICCAI 1998, LNCS 1496:130-137.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.imaging.scale_space import hessian_eigenvalues

_TINY = np.float32(1e-12)


def vesselness(
    array: NDArray[np.floating],
    *,
    spacing: Sequence[float],
    sigmas: Sequence[float],
    bright: bool = True,
    alpha: float = 0.5,
    beta: float = 0.5,
) -> NDArray[np.float32]:
    """Return Frangi's vesselness, (*S), in [0, 1]; 0 everywhere in a flat image.

    sigmas : radii looked for, in the units of spacing
    bright : tubes brighter than their surroundings; False: darker
    alpha  : tells plates from tubes (3-D only)
    beta   : tells blobs from tubes

    Structure is weighed against half the largest Hessian norm of each scale, as the paper suggests.
    """
    best = np.zeros(array.shape, np.float32)
    for sigma in sigmas:
        values = hessian_eigenvalues(array, spacing=spacing, sigma=sigma)  # (d, *S), smallest magnitude first
        norm = np.sqrt((values**2).sum(axis=0))
        half = np.float32(norm.max() / 2)
        if half <= _TINY:
            continue
        size = np.abs(values)
        if len(values) == 3:
            plate = size[1] / np.maximum(size[2], _TINY)
            blob = size[0] / np.maximum(np.sqrt(size[1] * size[2]), _TINY)
            tube = (1 - np.exp(-(plate**2) / np.float32(2 * alpha**2))) * np.exp(-(blob**2) / np.float32(2 * beta**2))
        else:
            blob = size[0] / np.maximum(size[1], _TINY)
            tube = np.exp(-(blob**2) / np.float32(2 * beta**2))
        tube *= 1 - np.exp(-(norm**2) / (2 * half**2))
        across = values[1:]
        tube[(across > 0).any(axis=0) if bright else (across < 0).any(axis=0)] = 0
        np.maximum(best, tube, out=best)
    return best
