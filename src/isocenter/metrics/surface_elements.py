"""How much surface lies in a cell of 2 x 2 (x 2) neighbouring samples, for every way to fill its corners.

In:   spacing along each axis.
Out:  a table: code of the filled corners -> contour length (2-D, 16 codes) or surface area (3-D, 256 codes); the codes of a mask.
Not:  no distances (surface_distance.py).
Reference: Lorensen & Cline, Marching cubes, SIGGRAPH 1987. The same quantities as in Nikolov et al., arXiv:1809.04430
    (`surface-distance`), derived here from geometry, not from its table; the tests hold the two equal.

The rule: a vertex lies in the middle of every edge whose ends differ. On a face with two filled corners on a diagonal they are kept
apart. A cell with more than four filled corners has the surface of its complement. Polygons that are not flat are cut into the
triangles of largest total area (at unit spacing).
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError

Corner = tuple[float, ...]
Triangle = tuple[Corner, Corner, Corner]


def neighbour_codes(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Return the code of every cell of a mask padded by one empty sample all round.

    mask   : bool (*S), 2-D or 3-D
    return : (*S + 1) uint8; 0 = empty, 15 or 255 = full. The first corner (0, 0[, 0]) is the highest bit.
    """
    padded = np.pad(mask, 1)
    corners = list(product((0, 1), repeat=mask.ndim))
    codes = np.zeros(tuple(n + 1 for n in mask.shape), np.uint8)
    for bit, corner in enumerate(reversed(corners)):
        shifted = padded[tuple(slice(c, c + n + 1) for c, n in zip(corner, mask.shape, strict=True))]
        codes |= shifted.astype(np.uint8) << np.uint8(bit)
    return codes


def element_sizes(spacing: Sequence[float]) -> NDArray[np.float64]:
    """Return contour length (2-D, 16 codes) or surface area (3-D, 256 codes) per cell, in units of the spacing.

    GeometryError unless there are two or three axes.
    """
    scale = np.asarray(spacing, float)
    if scale.size == 2:
        return np.array([sum(_length(a, b, scale) for a, b in _segments(_filled(code, 2), 2)) for code in range(16)])
    if scale.size == 3:
        across = np.array([scale[1] * scale[2], scale[0] * scale[2], scale[0] * scale[1]])
        sizes: NDArray[np.float64] = np.linalg.norm(_area_vectors() * across, axis=2).sum(axis=1)
        return sizes
    raise GeometryError(f"expected two or three axes for a surface, got {scale.size}.")


@lru_cache(maxsize=1)
def _area_vectors() -> NDArray[np.float64]:
    """Return the area vectors (256, 4, 3) of the triangles in every cell, at unit spacing; zeros where there are fewer."""
    table = np.zeros((256, 4, 3))
    for code in range(256):
        filled = _filled(code, 3)
        if len(filled) > 4:
            filled = frozenset(product((0, 1), repeat=3)) - filled
        triangles = [t for polygon in _polygons(filled) for t in _largest_cut(tuple(polygon))]
        for index, triangle in enumerate(triangles):
            table[code, index] = _area_vector(triangle)
    return table


def _filled(code: int, ndim: int) -> frozenset[tuple[int, ...]]:
    """Return the filled corners of a code."""
    corners = list(product((0, 1), repeat=ndim))
    return frozenset(corner for bit, corner in enumerate(reversed(corners)) if code >> bit & 1)


def _segments(filled: frozenset[tuple[int, ...]], ndim: int) -> list[tuple[Corner, Corner]]:
    """Return where the surface meets the faces of a cell (3-D), or the contour in it (2-D)."""
    found = []
    for ring in _faces(ndim):
        inside = [corner in filled for corner in ring]
        cuts = [k for k in range(4) if inside[k] != inside[(k + 1) % 4]]
        middle = {k: _middle(ring[k], ring[(k + 1) % 4]) for k in cuts}
        if len(cuts) == 2:
            found.append((middle[cuts[0]], middle[cuts[1]]))
        elif len(cuts) == 4:  # two filled corners on a diagonal: one segment round each
            found.extend((middle[(k - 1) % 4], middle[k]) for k in range(4) if inside[k])
    return found


def _faces(ndim: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield the corners of each face, in order round it."""
    around = ((0, 0), (0, 1), (1, 1), (1, 0))
    if ndim == 2:
        yield list(around)
        return
    for axis, side in product(range(3), (0, 1)):
        yield [(*corner[:axis], side, *corner[axis:]) for corner in around]


def _polygons(filled: frozenset[tuple[int, ...]]) -> list[list[Corner]]:
    """Join the segments on the six faces into closed polygons."""
    neighbours: dict[Corner, list[Corner]] = {}
    for a, b in _segments(filled, 3):
        neighbours.setdefault(a, []).append(b)
        neighbours.setdefault(b, []).append(a)
    polygons = []
    while neighbours:
        polygon = [next(iter(neighbours))]
        while polygon[-1] in neighbours:
            ahead = [p for p in neighbours.pop(polygon[-1]) if p in neighbours]
            if ahead:
                polygon.append(ahead[0])
        polygons.append(polygon)
    return polygons


def _largest_cut(polygon: tuple[Corner, ...]) -> list[Triangle]:
    """Return the triangulation of largest total area."""
    return max(_cuts(polygon), key=lambda cut: round(sum(float(np.linalg.norm(_area_vector(t))) for t in cut), 9))


def _cuts(polygon: tuple[Corner, ...]) -> Iterator[list[Triangle]]:
    """Yield every way to cut a polygon into triangles."""
    if len(polygon) < 3:
        yield []
        return
    for k in range(1, len(polygon) - 1):
        for left in _cuts(polygon[: k + 1]):
            for right in _cuts(polygon[k:]):
                yield [*left, (polygon[0], polygon[k], polygon[-1]), *right]


def _area_vector(triangle: Triangle) -> NDArray[np.float64]:
    a, b, c = (np.asarray(corner) for corner in triangle)
    vector: NDArray[np.float64] = np.cross(b - a, c - a) / 2
    return vector


def _middle(a: tuple[int, ...], b: tuple[int, ...]) -> Corner:
    return tuple((x + y) / 2 for x, y in zip(a, b, strict=True))


def _length(a: Corner, b: Corner, scale: NDArray[np.float64]) -> float:
    return float(np.linalg.norm((np.asarray(a) - np.asarray(b)) * scale))
