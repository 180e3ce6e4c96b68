"""Brain: white and gray matter in folds, deep nuclei, ventricles, fissures, falx.

In:   reference coordinates (mm), depth below the inner table, a subject, smooth fields.
Out:  shares of gray, white, fluid (ventricles apart) and falx.
Not:  no bleeding, no HU.
"""

import numpy as np

from isocenter.core.record import Record
from isocenter.phantoms.head.subject import Subject
from isocenter.phantoms.tomograph.border import share_inside
from isocenter.phantoms.tomograph.box import Array


class Brain(Record):
    """Shares of tissue inside of the skull, each (X, Y, Z)."""

    inside: Array
    """Share that is inside of the inner table."""
    gray: Array
    white: Array
    ventricle: Array
    sulcus: Array
    """Fluid around the brain: sulci, fissures, cisterns."""
    falx: Array


VENTRICLES = (
    ((10.0, 24.0, 6.0), (5.0, 15.0, 9.0), -0.35),
    ((13.0, -2.0, 17.0), (7.0, 26.0, 8.0), 0.10),
    ((23.0, -36.0, 7.0), (8.0, 15.0, 9.0), 0.35),
)
"""Center, half axes (mm) and slant (x per y) of the parts of a lateral ventricle on the right, age 50."""
NUCLEI = (((13.0, 14.0, 8.0), (5.0, 9.0, 8.0)), ((25.0, 4.0, 2.0), (6.0, 16.0, 10.0)), ((11.0, -10.0, 6.0), (8.0, 13.0, 9.0)))
"""Center and half axes of caudate head, lentiform nucleus and thalamus, right."""


def build_brain(x: Array, y: Array, z: Array, depth: Array, subject: Subject, folds: Array, edge_mm: float) -> Brain:
    """Return the brain; `folds` is a smooth field of SD 1 whose zero crossings become sulci."""
    wide = float(subject.atrophy)
    inside = share_inside(depth, edge_mm)
    rim = depth - 1.2 * wide  # below the fluid under the skull
    side = np.abs(x)
    deep = np.clip(1 - (depth - 4) / 15, 0, 1)  # sulci end 19 mm below the skull
    cleft = (0.9 + 1.6 * deep) * wide * (deep > 0) - 7.5 * np.abs(folds)
    cleft_high = z + 2 + 0.3 * (y - 8)  # the Sylvian fissure rises backward, and opens toward the side
    sylvian = np.minimum(2.2 * wide - 0.9 * np.abs(cleft_high), 0.35 * (side - 36)) - 0.4 * np.maximum(np.abs(y - 4) - 24, 0)
    middle = 1.6 * wide - side - 0.15 * np.maximum(20 - depth, -14).clip(-14, 0)
    middle = np.where(depth < 34, middle, -9.0)
    cistern = 9 - np.sqrt((0.6 * x) ** 2 + (y + 4) ** 2 + (z + 30) ** 2)
    outside = np.maximum(np.maximum(-rim, cleft), np.maximum(np.maximum(sylvian, middle), cistern))
    ventricle = _ventricles(x, y, z, wide)
    fluid = share_inside(ventricle, edge_mm)
    sulcus = share_inside(outside, edge_mm) * (1 - fluid)
    ribbon = share_inside(3.4 + outside, edge_mm)  # cortex: within 3.4 mm of fluid outside
    nuclei = share_inside(_nuclei(side, y, z), edge_mm)
    gray = np.maximum(ribbon, nuclei) * (1 - fluid) * (1 - sulcus)
    white = (1 - fluid - sulcus - gray).clip(0)
    falx = share_inside(0.9 - np.abs(x), edge_mm) * (depth < 36) * (z > -10) * min(1.8 / edge_mm, 1.0)
    return Brain(
        inside=inside, gray=np.asarray(gray, np.float32), white=np.asarray(white, np.float32), ventricle=fluid,
        sulcus=np.asarray(sulcus, np.float32), falx=np.asarray(falx, np.float32),
    )  # fmt: skip


def _ellipsoid(x: Array, y: Array, z: Array, half: tuple[float, float, float]) -> Array:
    """Return roughly the depth inside an ellipsoid at the origin, mm."""
    norm = np.sqrt((x / half[0]) ** 2 + (y / half[1]) ** 2 + (z / half[2]) ** 2)
    return np.asarray((1 - norm) * min(half), np.float32)


def _ventricles(x: Array, y: Array, z: Array, wide: float) -> Array:
    """Return depth inside lateral, third and fourth ventricles."""
    side = np.abs(x)
    grown = wide**0.8
    third = _ellipsoid(x, y - 2, z - 1, (2.4 * wide, 13.0, 9.0))
    parts = [third, _ellipsoid(x, y + 40, z + 34, (7 * grown, 5 * grown, 9.0))]
    for (cx, cy, cz), (a, b, c), slant in VENTRICLES:
        parts.append(_ellipsoid(side - cx + slant * (y - cy), y - cy, z - cz, (a * grown, b * min(grown, 1.15), c * grown)))
    return np.asarray(np.maximum.reduce(parts), np.float32)


def _nuclei(side: Array, y: Array, z: Array) -> Array:
    """Return depth inside of the deep nuclei."""
    parts = [_ellipsoid(side - c[0], y - c[1], z - c[2], half) for c, half in NUCLEI]
    return np.asarray(np.maximum.reduce(parts), np.float32)
