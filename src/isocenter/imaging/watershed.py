"""Split a mask into its objects by a watershed on the distance to the background.

In:   a bool mask (*S), 2-D or 3-D; optionally a probability map of it; spacing.
Out:  object numbers (*S), 1 … N, 0 = none; every filled sample belongs to one object.
Not:  nothing is learned, and no sample is added to or taken from the mask.
Reference: Beucher & Lantuejoul, Rennes 1979 (watershed); Soille, Morphological Image Analysis, 2003, section 6.3 (h-maxima).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter, generate_binary_structure, label, maximum_position
from skimage.morphology import local_maxima, reconstruction
from skimage.segmentation import watershed

DEPTH = 0.75
"""How many samples a saddle must lie below two summits to part them."""


def split_objects(
    mask: NDArray[np.bool_],
    *,
    probability: NDArray[np.floating] | None = None,
    spacing: Sequence[float] | None = None,
    depth: float = DEPTH,
) -> NDArray[np.int32]:
    """Return one number per object.

    Parameters
    ----------
    mask : bool (*S)
        What is foreground.
    probability : (*S) in [0, 1], or None
        Deepens the valleys between objects where it is low: distances are multiplied by it.
    spacing : one an axis, or None
        Distance between samples; 1 if None.
    depth : float
        In units of the smallest spacing. Larger values split less.

    Returns
    -------
    (*S) int32; zeros for an empty mask.
    """
    steps = tuple(1.0 for _ in mask.shape) if spacing is None else tuple(spacing)
    if not mask.any():
        return np.zeros(mask.shape, np.int32)
    height = np.asarray(distance_transform_edt(np.pad(mask, 1), sampling=steps), np.float64)[(slice(1, -1),) * mask.ndim]
    if probability is not None:
        height = height * np.clip(probability, 0.0, 1.0)
    # The distance to a staircase has false summits; a blur of one sample takes them away.
    height = gaussian_filter(height, [min(steps) / s for s in steps]) * mask
    seeds = _summits(height, depth * min(steps), mask)
    objects: NDArray[np.int32] = watershed(-height, seeds, mask=mask)  # type: ignore[no-untyped-call]
    return objects


def _summits(height: NDArray[np.float64], depth: float, mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Number the summits that rise by `depth` above every saddle; a component too flat for one has its highest point."""
    leveled = reconstruction(height - depth, height, method="dilation")  # type: ignore[no-untyped-call]
    everywhere = generate_binary_structure(mask.ndim, mask.ndim)
    summits: NDArray[np.bool_] = local_maxima(leveled)  # type: ignore[no-untyped-call]
    peaks, count = label(summits & mask, structure=everywhere)
    parts, total = label(mask)
    without = np.setdiff1d(np.arange(1, total + 1), parts[peaks > 0])
    for extra, highest in enumerate(maximum_position(height, parts, without), start=count + 1):  # all parts in one pass
        peaks[tuple(highest)] = extra
    return np.asarray(peaks, np.int32)
