"""Scalp, skull, sinus and skull base as implicit shapes.

In:   reference coordinates (mm), a subject, a smooth field.
Out:  depth below the inner table, and shares of bone, spongy bone, scalp and air.
Not:  no brain (brain.py), no HU.
"""

import numpy as np

from isocenter.core.record import Record
from isocenter.phantoms.head.subject import Subject
from isocenter.phantoms.tomograph.border import share_inside
from isocenter.phantoms.tomograph.box import Array


class Skull(Record):
    """Shapes of one skull, each (X, Y, Z)."""

    depth: Array
    """Below the inner table, mm; negative in bone and outside."""
    head: Array
    """Share of anything but air around the head."""
    fat: Array
    """Share of the scalp's fat."""
    bone: Array
    spongy: Array
    """Share of the bone that is diploe."""
    sinus: Array
    """Air in the frontal bone."""


def build_skull(x: Array, y: Array, z: Array, subject: Subject, bumps: Array, edge_mm: float) -> Skull:
    """Return the skull; `bumps` is a smooth field of SD 1 that makes it uneven."""
    depth = _vault(x, y, z) + 0.9 * bumps
    thick = subject.bone_mm + 0.8 * np.clip(-y / 60, 0, 1) + 0.7 * bumps
    thick = np.maximum(thick, 3.0)
    outer = depth + thick
    skin = outer + subject.scalp_mm
    base = np.minimum(_base(x, y, z), outer - 1.0)
    bone = np.maximum(share_inside(outer, edge_mm) * (1 - share_inside(depth, edge_mm)), share_inside(base, edge_mm))
    middle = np.abs(depth + 0.5 * thick)
    diploe = share_inside(0.5 * thick - 1.9 - middle, edge_mm)
    sinus = share_inside(7 - np.sqrt((x / 2.2) ** 2 + (y - 78) ** 2 + (0.5 * (z + 34)) ** 2), edge_mm)
    return Skull(
        depth=np.asarray(np.minimum(depth, -base), np.float32), head=share_inside(skin, edge_mm),
        fat=np.asarray(share_inside(skin - 2.2, edge_mm) * (1 - share_inside(outer + 1.2, edge_mm)), np.float32),
        bone=np.asarray(bone, np.float32), spongy=np.asarray(diploe * bone, np.float32), sinus=np.asarray(sinus * bone, np.float32),
    )  # fmt: skip


def _vault(x: Array, y: Array, z: Array) -> Array:
    """Return roughly the depth below the inner table: an egg, wider behind than in front, flat at the temples."""
    wide = 67 - 6 * np.clip(y / 80, -1, 1) - 2 * np.clip(y / 80, -1, 1) ** 2
    high = np.where(z > 0, 80.0, 74.0)
    norm = (np.abs(x / wide) ** 2.2 + np.abs(y / 86) ** 2.2 + np.abs((z + 4) / high) ** 2.2) ** (1 / 2.2)
    return np.asarray((1 - norm) * 70, np.float32)


def _base(x: Array, y: Array, z: Array) -> Array:
    """Return depth inside the bones of the base: sphenoid ridges and petrous pyramids, low in the field."""
    side = np.abs(x)
    ridge = 5 - np.sqrt((z + 42 - 0.12 * side) ** 2 + (y - 26 + 0.25 * side) ** 2)
    petrous = 8 - np.sqrt((z + 46) ** 2 + (y + 20 + 0.55 * (side - 40)) ** 2)
    petrous = np.where((side > 14) & (side < 64), petrous, -8.0)
    return np.asarray(np.maximum(np.where(side > 8, ridge, -8.0), petrous), np.float32)
