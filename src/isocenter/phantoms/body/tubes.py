"""Tubes, plates and balls as clouds of small volumes.

In:   a center line or corners in mm, radii, the distance between points.
Out:  Cloud; its volumes sum to the shape's analytic volume.
Not:  no anatomy.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from isocenter.phantoms.radiograph.projection import Cloud

Array = NDArray[np.float64]
_GOLDEN = np.pi * (3.0 - np.sqrt(5.0))


def tube(line: ArrayLike, radius: ArrayLike, *, step_mm: float, flat: float = 1.0, shell: float = 0.0) -> Cloud:
    """Fill a tube around a polyline.

    line   : (M, 3) mm, M >= 2
    radius : mm, one number or (M,)
    flat   : height over width of the cross-section: the width is 2 * radius / flat ... the area stays pi * radius²
    shell  : 0 solid; 1 all of the volume on the surface (cortical bone)
    """
    corners = np.asarray(line, float)
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    n = max(int(np.ceil(along[-1] / step_mm)), 1)
    at = (np.arange(n) + 0.5) / n * along[-1]
    place = np.stack([np.interp(at, along, corners[:, k]) for k in range(3)], 1)  # (n, 3)
    r = np.interp(at, along, np.broadcast_to(np.asarray(radius, float), along.shape))
    tangent = np.gradient(place, axis=0) if n > 1 else corners[-1:] - corners[:1]
    first, second = across(tangent)
    rings = max(int(np.ceil(2.2 * (float(r.max()) / step_mm) ** 2)), 3)
    k = np.arange(rings)
    rho = np.sqrt((k + 0.5) / rings) ** (1.0 - 0.75 * shell)
    angle = k[None] * _GOLDEN + np.arange(n)[:, None] * 2.0  # each slice turned, so that no stripes run along the tube
    offset = r[:, None, None] * (
        (rho * np.cos(angle))[..., None] * first[:, None] / flat**0.5
        + (rho * np.sin(angle))[..., None] * second[:, None] * flat**0.5
    )
    world = (place[:, None] + offset).reshape(-1, 3)
    volume = np.repeat(np.pi * r**2 * along[-1] / n / rings, rings)
    return Cloud(world=world, volume=volume)


def across(tangent: Array) -> tuple[Array, Array]:
    """Return two unit vectors (n, 3) at right angles to a tangent and to each other; the second as upright as can be."""
    t = tangent / np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    up = np.where(np.abs(t[:, 2:3]) > 0.95, [[0.0, 1.0, 0.0]], [[0.0, 0.0, 1.0]])
    first = np.cross(t, up)
    first /= np.maximum(np.linalg.norm(first, axis=1, keepdims=True), 1e-9)
    return first, np.cross(first, t)


def plate(corners: ArrayLike, thickness_mm: float, *, step_mm: float) -> Cloud:
    """Fill a triangle (3, 3) of even thickness."""
    a, b, c = np.asarray(corners, float)
    normal = np.cross(b - a, c - a)
    area = np.linalg.norm(normal) / 2
    n = max(int(np.ceil(area / step_mm**2)), 16)
    k = np.arange(n)
    p, q = (k * 0.7548776662466927) % 1.0, (k * 0.5698402909980532) % 1.0  # the plane's most even additive sequence
    fold = p + q > 1
    p, q = np.where(fold, 1 - p, p), np.where(fold, 1 - q, q)
    return Cloud(world=a + p[:, None] * (b - a) + q[:, None] * (c - a), volume=np.full(n, area * thickness_mm / n))


def ball(center: ArrayLike, radii: ArrayLike, *, step_mm: float, shell: float = 0.0) -> Cloud:
    """Fill an ellipsoid with axes along x, y, z; shell as in `tube`."""
    r = np.asarray(radii, float)
    total = 4 / 3 * np.pi * float(np.prod(r))
    n = int(np.clip(total / step_mm**3 * 1.5, 24, 60000))
    p, q, r3 = ((np.arange(n) + 0.5) * a % 1.0 for a in (0.8191725133961645, 0.6710436067037893, 0.5497004779019703))
    rho = np.cbrt(r3) ** (1.0 - 0.75 * shell)  # space's most even additive sequence
    height = 1 - 2 * p
    ring = np.sqrt(1 - height**2)
    unit = np.stack([ring * np.cos(2 * np.pi * q), ring * np.sin(2 * np.pi * q), height], 1)
    return Cloud(world=np.asarray(center, float) + unit * rho[:, None] * r, volume=np.full(n, total / n))


def join(clouds: Sequence[Cloud], share: float = 1.0) -> Cloud:
    """Return clouds as one, volumes times a share; empty when there is none."""
    if not clouds:
        return Cloud(world=np.zeros((0, 3)), volume=np.zeros(0))
    return Cloud(world=np.concatenate([c.world for c in clouds]), volume=share * np.concatenate([c.volume for c in clouds]))
