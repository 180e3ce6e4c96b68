"""Airways with the arteries beside them, and veins: bifurcating trees grown from the hilum into each lung.

In:   parameters, a generator, how many generations.
Out:  segments in reference coordinates (mm).
Not:  no rasterizing (tomograph/tubes.py); vessels outside of the lungs are cut off by whoever paints them.

Reference: Weibel, Morphometry of the Human Lung, 1963 (daughter over parent diameter 0.75-0.85, length over diameter 3).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record
from isocenter.phantoms.thorax.chest import CARINA_MM
from isocenter.phantoms.tomograph.tubes import Point, Segment

TRACHEA_MM = 8.5
HILUM = (30.0, -8.0, CARINA_MM - 18.0)


class Trees(Record):
    """What branches in the lungs."""

    trunk: tuple[Segment, ...]
    """Lumen of windpipe and main bronchi: outside of the lungs."""
    airways: tuple[Segment, ...]
    """Lumen of what follows."""
    vessels: tuple[Segment, ...]


def grow_trees(p: Mapping[str, Any], rng: np.random.Generator, *, generations: int, airway_generations: int) -> Trees:
    """Grow both lungs. Every generation draws its own numbers, so that more generations leave the first ones as they are."""
    carina = np.array([0.0, -14.0, CARINA_MM])
    trunk = [Segment(start=np.array([0.0, 2.0, 40.0]), end=carina, radius_mm=TRACHEA_MM)]
    airways: list[Segment] = []
    vessels: list[Segment] = []
    for side in (1.0, -1.0):
        hilum = np.array([side * HILUM[0], HILUM[1], HILUM[2]])
        trunk.append(Segment(start=carina, end=hilum, radius_mm=0.75 * TRACHEA_MM))
        for toward in _lobes(side):
            stream = np.random.SeedSequence(rng.integers(2**63, size=2).tolist())
            air, first, second = (np.random.default_rng(child) for child in stream.spawn(3))
            airways += _grow(p, air, hilum, toward, p["airway_mm"], airway_generations)
            beside = hilum + np.array([0.0, 4.0, -7.0])
            vessels += _grow(p, first, beside, toward, p["artery_mm"], generations)
            turned = toward + 0.5 * second.standard_normal(3)
            vessels += _grow(p, second, hilum + np.array([0, 12.0, -14.0]), turned, 0.9 * p["artery_mm"], generations)
    return Trees(trunk=tuple(trunk), airways=tuple(airways), vessels=tuple(vessels))


def _lobes(side: float) -> tuple[Point, ...]:
    """Return where the first branches go: up, up and front, up and back, out, down."""
    toward = ([0.45, 0.1, 1.0], [0.7, 0.75, 0.55], [0.7, -0.7, 0.5], [1.0, 0.1, -0.15], [0.6, 0.5, -0.9], [0.6, -0.5, -0.9])
    return tuple(np.array([side * x, y, z]) for x, y, z in toward)


def _grow(
    p: Mapping[str, Any], rng: np.random.Generator, root: Point, toward: Point, radius_mm: float, generations: int
) -> list[Segment]:
    """Return a tree of straight pieces, two daughters each, down to the last generation."""
    low, high = p["shrink"]
    start, ahead, radius = root[None], (toward / np.linalg.norm(toward))[None], np.array([radius_mm])  # one row a branch
    grown: list[Segment] = []
    for generation in range(generations):
        end = start + ahead * (p["longer"] * 2 * radius * rng.uniform(0.8, 1.2, len(radius)))[:, None]
        grown += [Segment(start=a, end=b, radius_mm=float(r)) for a, b, r in zip(start, end, radius, strict=True)]
        across = np.cross(ahead, rng.standard_normal(ahead.shape))
        across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-9)
        spread = np.deg2rad(rng.uniform(*((18.0, 46.0) if generation else (15.0, 32.0)), (2, len(radius), 1)))
        sign = np.array([1.0, -1.0])[:, None, None]
        ahead = (np.cos(spread) * ahead + sign * np.sin(spread) * across).reshape(-1, 3)
        start = np.concatenate([end, end])
        radius = (radius * rng.uniform(low, high, (2, len(radius)))).ravel()
    return grown
