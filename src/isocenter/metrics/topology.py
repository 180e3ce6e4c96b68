"""Betti numbers: how many parts, holes and cavities a mask has, whatever its size and place.

In:   bool masks (*S), 2-D or 3-D.
Out:  one number a kind: parts, holes (2-D: enclosed background; 3-D: tunnels) and, in 3-D, cavities.
Not:  no labels or cases (per_case/betti_error.py).

Samples of a mask that touch at a corner are one part; background is joined by faces alone. So the mask is a union of closed squares
or cubes, whose Euler characteristic is parts - holes (+ cavities). The image border encloses nothing.
Reference: Kong & Rosenfeld, Digital topology, Comput Vision Graph 1989; 48:357-393.
"""

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import generate_binary_structure, label

from isocenter.core.errors import GeometryError
from isocenter.metrics.nearest import bounding_box

KINDS = ("components", "holes", "cavities")
"""Of Betti numbers, by dimension; a picture has no cavities."""


def betti_numbers(mask: NDArray[np.bool_]) -> tuple[int, ...]:
    """Return the Betti numbers of a mask, one an axis, in the order of KINDS; zeros for an empty mask.

    GeometryError unless there are two or three axes.
    """
    if mask.ndim not in (2, 3):
        raise GeometryError(f"expected a mask of two or three axes, got {mask.ndim}.")
    box = bounding_box(mask)
    if box is None:
        return (0,) * mask.ndim
    inside = np.pad(mask[box], 1)
    components = int(label(inside, structure=generate_binary_structure(mask.ndim, mask.ndim))[1])
    enclosed = int(label(~inside)[1]) - 1  # the outside is not
    if mask.ndim == 2:
        return components, enclosed
    return components, components + enclosed - euler_characteristic(mask), enclosed


def euler_characteristic(mask: NDArray[np.bool_]) -> int:
    """Return vertices - edges + faces (- cubes) of the union of closed squares or cubes a mask is.

    A vertex, edge or face is there if any of the samples that share it is.
    """
    padded = np.pad(mask, 1)
    total = 0
    for shared in product((False, True), repeat=mask.ndim):  # axes along which two samples share the element
        there = padded
        for axis, both in enumerate(shared):
            low, high = (there.take(range(start, there.shape[axis] - 1 + start), axis=axis) for start in (0, 1))
            there = low | high if both else low
        total += (-1) ** (mask.ndim - sum(shared)) * int(np.count_nonzero(there))
    return total
