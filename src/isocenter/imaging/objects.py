"""Objects by the classical way: a threshold, the distance to the border, a watershed.

In:   one channel of an image. Out: the middle of every object, its area.
Not:  no learning: which side of the threshold is asked for, and how large objects are, is handed in.

Reference: Otsu, IEEE Trans Syst Man Cybern 1979; 9:62-66; Vincent & Soille, IEEE PAMI 1991; 13:583-598.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage


def foreground_of(samples: NDArray[np.floating], *, bright: bool) -> NDArray[np.bool_]:
    """Return the samples (*S) on one side of Otsu's threshold; nothing where all are alike."""
    from skimage.filters import threshold_otsu

    if not samples.size or samples.max() <= samples.min():
        return np.zeros(samples.shape, bool)
    cut = float(threshold_otsu(samples))  # type: ignore[no-untyped-call]
    return np.asarray(samples > cut if bright else samples <= cut)


def watershed_objects(
    foreground: NDArray[np.bool_], *, radius: float, least_area: float
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Split a foreground where it is narrow.

    foreground : (*S)
    radius     : in samples; two middles closer than this are one object's
    least_area : in samples; smaller objects are dust
    return     : middles (N, d) in samples; labels (*S), 0 = background, object n + 1 has the middle n
    """
    from skimage.feature import peak_local_max
    from skimage.segmentation import watershed

    depth = ndimage.gaussian_filter(ndimage.distance_transform_edt(foreground), max(0.5, radius / 4))
    seeds = peak_local_max(  # type: ignore[no-untyped-call]
        depth, min_distance=max(1, round(radius)), labels=ndimage.label(foreground)[0], exclude_border=False
    )
    markers = np.zeros(foreground.shape, np.intp)
    markers[tuple(seeds.T)] = np.arange(1, len(seeds) + 1)
    parts = np.asarray(watershed(-depth, markers, mask=foreground), np.intp)  # type: ignore[no-untyped-call]
    areas = np.bincount(parts.ravel(), minlength=len(seeds) + 1)[1:]
    kept = np.flatnonzero(areas >= least_area)
    renumbered = np.zeros(len(seeds) + 1, np.intp)
    renumbered[kept + 1] = np.arange(1, len(kept) + 1)
    middles = np.asarray(ndimage.center_of_mass(foreground, parts, kept + 1), float).reshape(-1, foreground.ndim)
    return middles, renumbered[parts]
