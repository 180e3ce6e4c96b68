"""Density: dots become maps whose sum is their number.

In:   places in samples, their kinds, the shape of the image.
Out:  one map a kind, (K, *S); its sum over any region is how many objects lie there.
Not:  no network and no loss; nothing is found in a map again (imaging/local_maxima.py).

Reference: Lempitsky & Zisserman, Learning to count objects in images, NeurIPS 2010 (Gaussian);
           Cohen et al., Count-ception, ICCV workshops 2017, arXiv:1703.08710 (square: every object is counted redundantly).
Differs:   what a kernel loses beyond the border is given back inside, so that the sum is exact there too. Count-ception pads
           the image instead.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

TAIL = 3.0
"""A Gaussian ends after so many standard deviations."""


def gaussian_line(offset: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Return exp(-x²/2σ²) at offsets in samples; width = σ."""
    return np.exp(-0.5 * (offset / width) ** 2)


def square_line(offset: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Return 1 within half a width of 0, else 0; width = the side in samples."""
    return (np.abs(offset) <= width / 2).astype(float)


KERNELS: dict[str, tuple[Callable[[NDArray[np.float64], float], NDArray[np.float64]], Callable[[float], float]]] = {
    "gaussian": (gaussian_line, lambda width: TAIL * width),
    "square": (square_line, lambda width: width / 2),
}
"""Name: (profile along one axis, how far it reaches in samples). A kernel is the product over the axes."""


def density_map(
    places: NDArray[np.floating],
    kinds: NDArray[np.intp],
    *,
    count: int,
    shape: Sequence[int],
    kernel: str,
    width: float,
    flat: Sequence[int] = (),
) -> NDArray[np.float32]:
    """Return one map a kind.

    places : (N, d) in samples of the image; those outside of it belong to nobody and are left out
    kinds  : (N,) index below `count`
    width  : in samples: σ of "gaussian", side of "square"
    flat   : axes across which an object is in one slice alone
    return : (count, *S) >= 0; each place adds 1 to the sum of its kind
    """
    maps = np.zeros((count, *shape), np.float32)
    profile, reach_of = KERNELS[kernel]
    reach = reach_of(width)
    for place, kind in zip(np.asarray(places, float), kinds, strict=True):
        if any(not -0.5 <= p < n - 0.5 for p, n in zip(place, shape, strict=True)):
            continue
        spans, lines = [], []
        for axis, (p, n) in enumerate(zip(place, shape, strict=True)):
            own = min(max(round(float(p)), 0), n - 1)
            first, last = (
                (own, own + 1) if axis in flat else (max(0, int(np.floor(p - reach))), min(n, int(np.ceil(p + reach)) + 1))
            )
            line = profile(np.arange(first, last) - p, width)
            if not line.any():  # a square narrower than the step between samples
                line = (np.arange(first, last) == own).astype(float)
            spans.append(slice(first, last))
            lines.append(line / line.sum())
        patch = lines[0]
        for line in lines[1:]:
            patch = np.multiply.outer(patch, line)
        maps[int(kind)][tuple(spans)] += patch.astype(np.float32)
    return maps


def kernel_peak(kernel: str, width: float, *, axes: int) -> float:
    """Return the greatest value of one object's map, far from the border: what a density is measured in."""
    profile, reach_of = KERNELS[kernel]
    reach = int(np.ceil(reach_of(width)))
    line = profile(np.arange(-reach, reach + 1).astype(float), width)
    return float((line.max() / line.sum()) ** axes)
