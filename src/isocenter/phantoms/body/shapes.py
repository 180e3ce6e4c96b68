"""The soft parts of the chest as implicit shapes, sampled wherever a ray passes.

In:   an Anatomy and coordinates (x, y, z) of any shape, float32, mm.
Out:  occupancies in [0, 1], soft over `edge_mm` so that a sample at the border counts in part.
Not:  no bones, no vessels (clouds of points: skeleton.py, lung_vessels.py), no projection.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.body.anatomy import Anatomy

Array = NDArray[np.float32]
_STEP_MM = 0.5


class Profiles(Record):
    """Half-widths along z, tabulated once a body: a look-up is cheaper than a formula a thousand times."""

    bottom: float
    inner_width: Array
    inner_depth: Array
    outer_width: Array
    outer_depth: Array
    middle: Array
    """Side bend of the spine and what hangs on it, x of the midline."""
    back: Array
    """y of the middle of the thorax: the apices lie towards the back."""

    def at(self, table: Array, z: Array | np.float32) -> Array:
        """Return a table's entries at heights z."""
        index = np.clip((z - self.bottom) * (1.0 / _STEP_MM), 0, len(table) - 1).astype(np.int32)
        return np.asarray(table[index], np.float32)


class Chest(Record):
    """An anatomy with its tables, ready to be sampled."""

    anatomy: Anatomy
    profiles: Profiles
    edge_mm: float
    """Width of the soft border; about the distance between samples."""


def build_chest(anatomy: Anatomy, *, edge_mm: float) -> Chest:
    """Tabulate an anatomy."""
    a = anatomy
    bottom, top = a.base - 160.0, a.apex + 190.0
    z = np.arange(bottom, top, _STEP_MM)
    s = np.clip((a.apex - z) / (a.apex - a.base), 1e-4, 1.0)  # 0 at the apex, 1 at the deepest recess
    inner = (1.0 - (1.0 - s) ** a.taper) ** 0.5
    inner = np.where(z > a.apex, 0.01, inner * (1.0 - 0.06 * s**3))
    up = 1.0 / (1.0 + np.exp(-(z - a.shoulder + 22.0) / 12.0))  # 0 in the trunk, 1 at the shoulders
    neck = 1.0 / (1.0 + np.exp(-(z - a.shoulder - 36.0) / 16.0))
    trunk = a.half_width * (0.90 + 0.10 * np.clip(1.6 * s, 0, 1)) + a.wall
    outer = (trunk * (1 - up) + a.shoulder_width * up) * (1 - neck) + 62.0 * neck
    deep = (a.half_depth + 0.75 * a.wall) * (1 - 0.25 * up) * (1 - neck) + 62.0 * neck
    bend = a.scoliosis * np.sin(np.clip(s, 0, 1) * np.pi)
    f = np.float32
    return Chest(
        anatomy=a,
        edge_mm=edge_mm,
        profiles=Profiles(
            bottom=float(bottom),
            inner_width=(a.half_width * inner).astype(f),
            inner_depth=(a.half_depth * np.maximum(inner, 0.01) ** 0.8).astype(f),
            outer_width=outer.astype(f),
            outer_depth=deep.astype(f),
            middle=bend.astype(f),
            back=(a.kyphosis * (1 - s) ** 2).astype(f),
        ),
    )


def soft(signed_mm: Array, edge_mm: float) -> Array:
    """Return occupancy of a signed distance (negative inside): 1 inside, 0 outside, a ramp of `edge_mm` between."""
    return np.asarray(np.clip(0.5 - signed_mm * np.float32(1.0 / edge_mm), 0.0, 1.0), np.float32)


def sample(chest: Chest, x: Array, y: Array, z: Array) -> Mapping[str, Array]:
    """Return the occupancies of body, lung, hemithorax, heart and abdomen at (x, y, z).

    hemithorax : the pleural space with what lies in front of it: heart and dome are not taken out (V7 convention)
    lung       : what is left when heart, great vessels and diaphragm are taken out
    abdomen    : under a dome, within the thorax: where it lies in a ray, the lung behind it cannot be seen
    """
    a, p, edge = chest.anatomy, chest.profiles, chest.edge_mm
    x = x - p.at(p.middle, z)
    side = np.abs(x)
    back = p.at(p.back, z)
    body = soft(_ring(side, y, p.at(p.outer_width, z), p.at(p.outer_depth, z), 0.5), edge)
    if y.min() > a.half_depth + a.kyphosis + edge or y.max() < -a.half_depth - edge:  # in front of the chest, or behind it
        nothing = np.zeros_like(body)
        return {"body": body, **dict.fromkeys(("hemithorax", "lung", "abdomen", "heart", "thorax"), nothing)}
    width = p.at(p.inner_width, z)
    thorax = soft(_ring(side, y - back, width, p.at(p.inner_depth, z), a.squareness), edge)
    cap = np.float32(a.apex) - np.float32(0.030) * np.minimum(side - np.float32(0.38 * a.half_width), 0) ** 2
    thorax = thorax * soft(z - cap, edge)  # each lung has a rounded top of its own
    pleura = thorax * soft(np.float32(a.medial) - side, edge)
    under = soft(z - _dome(a, x, y), edge)
    heart = soft(heart_distance(a, x, y, z), edge)
    apart = (1.0 - heart) * soft(_between(a, side, y, z) - side, edge)
    return {
        "body": body,
        "hemithorax": pleura,
        "lung": thorax * (1.0 - under) * apart,
        "abdomen": thorax * under,
        "heart": heart * (1.0 - under),
        "thorax": thorax,
    }


def heart_distance(a: Anatomy, x: Array, y: Array, z: Array) -> Array:
    """Return a distance to the heart's surface, negative inside: ventricles, right atrium and aortic knob."""
    hx, hy, hz = a.heart
    s = a.heart_size
    front, behind = hy - 50.0 * s - 5.0, max(hy + 55.0 * s, 12.0 + 1.6 * a.knob) + 5.0
    if y.min() > behind or y.max() < front:
        return np.full(np.broadcast_shapes(x.shape, y.shape, z.shape), 100.0, np.float32)
    turn = np.deg2rad(a.heart_tilt_deg)
    c, n = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    dx, dy, dz = x - np.float32(hx), y - np.float32(hy), z - np.float32(hz)
    long, short = c * dx - n * dz, n * dx + c * dz
    left = _ellipsoid(long, dy, short, 61.0 * s, 44.0 * s, 41.0 * s)
    right = _ellipsoid(x + np.float32(11.0 * s), dy - 6.0, dz - np.float32(2.0 * s), 27.0 * s, 36.0 * s, 42.0 * s)
    knob = _ellipsoid(x - 20.0, y - 12.0, z - np.float32(0.36 * a.apex), a.knob, 1.6 * a.knob, 1.1 * a.knob)
    return np.minimum(np.minimum(left, right), knob)


def _ellipsoid(x: Array, y: Array, z: Array, rx: float, ry: float, rz: float) -> Array:
    """Return roughly the signed distance to an ellipsoid at the origin."""
    f = np.float32
    q = np.sqrt((x * f(1 / rx)) ** 2 + (y * f(1 / ry)) ** 2 + (z * f(1 / rz)) ** 2)
    return np.asarray((q - 1) * f(min(rx, ry, rz)), f)


def _ring(side: Array, y: Array, width: Array, depth: Array, squareness: float) -> Array:
    """Return roughly the signed distance to a rounded box between an ellipse (0) and a squarer curve (1)."""
    u, v = side / width, y / depth
    u2, v2 = u * u, v * v
    q = u2 + v2 - np.float32(0.45 * squareness) * np.minimum(u2, 1) * np.minimum(v2, 1)  # the corner term stays inside
    return np.asarray((q - 1) * np.float32(0.5) * np.minimum(width, depth), np.float32)


def _dome(a: Anatomy, x: Array, y: Array) -> Array:
    """Return the height of the diaphragm over (x, y)."""
    right = x < 0
    top = np.where(right, np.float32(a.dome[0]), np.float32(a.dome[1]))
    across = (np.abs(x) - np.float32(0.42 * a.half_width)) * np.float32(1 / (0.60 * a.half_width))
    along = (y + np.float32(0.25 * a.half_depth)) * np.float32(1 / (1.15 * a.half_depth))
    return np.asarray(top - np.float32(a.dome_height) * (across * across + 1.6 * along * along), np.float32)


def _between(a: Anatomy, side: Array, y: Array, z: Array) -> Array:
    """Return the half-width of what lies between the lungs: narrow in front, the great vessels, the spine behind."""
    f = np.float32
    middle = np.exp(-(((y - f(8.0)) * f(1 / 34.0)) ** 2))
    spine = soft(f(0.62 * a.half_depth) - y, 20.0)
    upper = 1.0 + 0.25 * np.tanh((z - f(0.45 * a.apex)) * f(0.02))
    return np.asarray(f(8.0) + f(a.mediastinum - 8.0) * upper * middle + f(15.0) * spine + 0.0 * side, f)
