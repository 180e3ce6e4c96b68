"""A tumor of the brain: an uneven ball that MR shows plainly and CT hardly.

In:   parameters, a generator; reference coordinates, the brain.
Out:  Tumor; its share of every fine voxel.
Not:  no swelling, no contrast agent, no signal (magnetic.py), no HU.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record
from isocenter.phantoms.head.brain import Brain
from isocenter.phantoms.tomograph.border import share_inside
from isocenter.phantoms.tomograph.box import Array


class Tumor(Record):
    """Where it lies in the reference head, mm, and how large it is."""

    center: tuple[float, float, float]
    radius_mm: float
    hu: float


def draw_tumor(p: Mapping[str, Any], rng: np.random.Generator, *, disease: bool | None) -> Tumor | None:
    """Draw whether there is one, and where. The same draws are made either way, so that a twin differs by the tumor alone."""
    coin, side = rng.random(), rng.choice([-1.0, 1.0])
    x, y, z = (float(rng.uniform(*p["tumor_place_mm"][axis])) for axis in "xyz")
    radius, hu = float(rng.uniform(*p["tumor_radius_mm"])), float(rng.uniform(*p["tumor_hu"]))
    there = coin < p["share_disease"] if disease is None else disease
    return Tumor(center=(float(side) * x, y, z), radius_mm=radius, hu=hu) if there else None


def tumor_share(tumor: Tumor | None, places: tuple[Array, Array, Array], brain: Brain, bumps: Array, edge_mm: float) -> Array:
    """Return the share of every voxel that is tumor, (X, Y, Z); `bumps` is a smooth field of SD 1 that makes it uneven."""
    if tumor is None:
        return np.zeros_like(brain.inside)
    distance = np.sqrt(sum((axis - c) ** 2 for axis, c in zip(places, tumor.center, strict=True)))
    depth = tumor.radius_mm * (1 + 0.12 * bumps) - distance
    return np.asarray(share_inside(np.asarray(depth, np.float32), edge_mm) * brain.inside, np.float32)
