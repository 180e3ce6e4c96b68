"""Cells: a frame cut into blocks that are covered or shown as one.

In:   the shape of a map: instances, then the frame's size.
Out:  the sides of a cell; the number of the cell each place lies in.
Not:  no covering (faithfulness.py).

Single samples are not covered one by one: a network answers speckle that it never learned from, not what is missing
(Samek et al., IEEE Trans Neural Netw Learn Syst 2017; 28:2660-2673).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PER_AXIS = 8
"""Cells along an axis, where there are not too many in all."""
MOST = 512
"""Cells of a bag."""


def cell_sides(places: Sequence[int]) -> tuple[int, ...]:
    """Return the sides of a cell in samples: about 8 cells an axis, at most about 512 in all, at least 2 an axis.

    places : (B, *S)
    """
    bag, *size = places
    fit = int((MOST / bag) ** (1 / len(size)) + 1e-9)
    across = max(2, min(PER_AXIS, fit))
    return tuple(max(1, -(-n // across)) for n in size)


def cell_numbers(places: Sequence[int]) -> NDArray[np.intp]:
    """Return the cell of every place (B, *S), numbered from 0 without gaps."""
    bag, *size = places
    sides = cell_sides(places)
    counts = [bag, *(-(-n // side) for n, side in zip(size, sides, strict=True))]
    axes = [np.arange(bag), *(np.arange(n) // side for n, side in zip(size, sides, strict=True))]
    return np.ravel_multi_index(np.meshgrid(*axes, indexing="ij"), counts).astype(np.intp)


def cell_means(values: NDArray[np.floating], cells: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the mean of each cell (K,)."""
    flat = cells.ravel()
    return np.bincount(flat, weights=np.asarray(values, float).ravel()) / np.bincount(flat)
