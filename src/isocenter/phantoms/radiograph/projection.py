"""Beer-Lambert: how much of each material a ray crosses, and what is left of it.

In:   a view; occupancies sampled along the rays, or clouds of small volumes, or ellipsoids.
Out:  path lengths in mm on the film (X, Y); transmission.
Not:  no detector, no scatter.

Reference: Beer-Lambert law, I = I0 exp(-sum of mu * length); monochromatic, as below one effective energy stands for the spectrum.
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.radiograph.view import View

Array = NDArray[np.float32]
Sampler = Callable[[Array, Array, Array], Mapping[str, Array]]


class Cloud(Record):
    """Small volumes of one material: a bone, a vessel or a wire as points."""

    world: NDArray[np.floating]
    """(N, 3) mm."""
    volume: NDArray[np.floating]
    """(N,) mm³; negative takes away."""


def path_lengths(view: View, sampler: Sampler, shape: tuple[int, int], depths: NDArray[np.floating]) -> dict[str, Array]:
    """Integrate occupancies along every ray.

    sampler : (x, y, z) each (X, Y) -> occupancies by name
    depths  : (D,) mm, evenly spaced centers of the slabs
    return  : path length in mm by name, (X, Y); the slant of the ray is counted
    """
    u, v = view.film(shape)
    step = float(depths[1] - depths[0])
    total: dict[str, Array] = {}
    for depth in depths:
        for name, share in sampler(*view.body(u, v, float(depth))).items():
            if name in total:
                total[name] += share
            else:
                total[name] = share.astype(np.float32)
    slant = np.sqrt(1 + (u * u + v * v) / np.float32(view.source_mm**2)) * np.float32(step)
    return {name: length * slant for name, length in total.items()}


def splat(view: View, cloud: Cloud, shape: tuple[int, int]) -> Array:
    """Return the path length (X, Y) through a cloud: each volume is spread over the four pixels nearest its shadow.

    Volume is conserved: the sum over pixels of length * pixel area / magnification² is the cloud's volume inside the picture.
    """
    i, j, grow = view.onto_pixels(cloud.world, shape)
    pixel = view.field_mm[0] / shape[0] * view.field_mm[1] / shape[1]
    mass = cloud.volume * grow**2 / pixel
    i0, j0 = np.floor(i).astype(np.int64), np.floor(j).astype(np.int64)
    di, dj = i - i0, j - j0
    inside = (i0 >= -1) & (i0 < shape[0]) & (j0 >= -1) & (j0 < shape[1])
    i0, j0, di, dj, mass = i0[inside], j0[inside], di[inside], dj[inside], mass[inside]
    wide, high = shape[0] + 2, shape[1] + 2
    flat = np.zeros(wide * high)
    for oi, oj, share in ((0, 0, (1 - di) * (1 - dj)), (1, 0, di * (1 - dj)), (0, 1, (1 - di) * dj), (1, 1, di * dj)):
        flat += np.bincount((i0 + 1 + oi) * high + j0 + 1 + oj, weights=mass * share, minlength=wide * high)[: wide * high]
    return flat.reshape(wide, high)[1:-1, 1:-1].astype(np.float32)


def ellipsoid_chord(
    view: View, shape: tuple[int, int], center: tuple[float, float, float], radii: tuple[float, float, float]
) -> Array:
    """Return the exact length (X, Y) of every ray inside an ellipsoid with axes along x, y, z; 0 where it passes by."""
    u, v = view.film(shape)
    scale = np.asarray(radii, np.float64)
    source = view.film_mm - view.source_mm
    start = np.stack(view.body(u, v, source), -1).astype(np.float64)  # (X, Y, 3): all at the source
    end = np.stack(view.body(u, v, view.film_mm), -1).astype(np.float64)
    way = end - start
    length = np.linalg.norm(way, axis=-1)
    p, d = (start - np.asarray(center)) / scale, way / scale
    a, b, c = (d * d).sum(-1), (p * d).sum(-1), (p * p).sum(-1) - 1
    root = np.sqrt(np.maximum(b * b - a * c, 0))
    return np.asarray(2 * root / a * length, np.float32)


def transmission(lengths: Mapping[str, Array], mu_per_mm: Mapping[str, float]) -> Array:
    """Return exp(-sum mu * length) (X, Y) for the materials named in `mu_per_mm`."""
    total = sum((np.float32(mu) * lengths[name] for name, mu in mu_per_mm.items()), np.float32(0.0))
    return np.asarray(np.exp(-np.asarray(total)), np.float32)
