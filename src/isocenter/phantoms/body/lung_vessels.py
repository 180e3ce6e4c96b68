"""Arteries and veins of the lungs: trees that branch from the hila and thin outwards by Murray's law.

In:   a Chest, a generator, the distance between points.
Out:  Cloud of blood inside the lungs.
Not:  no airways but the central ones, no vessels for grading (phantoms/vessels grows those).

Reference: Murray, PNAS 1926; 12:207-214 (r0³ = r1³ + r2³).
"""

import numpy as np

from isocenter.phantoms.body.shapes import Chest, sample
from isocenter.phantoms.body.tubes import across, join, tube
from isocenter.phantoms.radiograph.projection import Cloud


def build_vessels(chest: Chest, rng: np.random.Generator, *, step_mm: float, generations: int) -> Cloud:
    """Grow two trees a lung and keep what lies in it."""
    places, volumes = [], []
    a = chest.anatomy
    for side in (-1.0, 1.0):
        hilum = np.array([side * (a.mediastinum + 3.0), 8.0, 0.12 * a.apex + 6.0 * (side > 0)])
        for _ in range(4):
            start, end, radius = _grow(hilum + rng.normal(0, 9, 3), side, rng, generations)
            length = np.linalg.norm(end - start, axis=1)
            n = np.clip(np.ceil(length / step_mm), 2, 40).astype(int)
            which = np.repeat(np.arange(len(n)), n)
            at = (np.arange(len(which)) - np.repeat(np.cumsum(n) - n, n) + 0.5) / n[which]
            thick = radius[which]
            spread = np.clip(np.ceil((thick / step_mm) ** 2 * 3), 1, 40).astype(int)
            again = np.repeat(np.arange(len(which)), spread)
            first, second = across(end - start)
            rho, turn = np.sqrt(rng.random(len(again))), rng.random(len(again)) * 2 * np.pi
            seg = which[again]
            disk = first[seg] * np.cos(turn)[:, None] + second[seg] * np.sin(turn)[:, None]
            line = start[seg] + at[again, None] * (end - start)[seg]
            places.append(line + disk * (rho * thick[again])[:, None])
            volumes.append(np.pi * thick[again] ** 2 * (length / n)[seg] / spread[again])
    world, volume = np.concatenate(places), np.concatenate(volumes)
    x, y, z = world.astype(np.float32).T
    return Cloud(world=world, volume=volume * sample(chest, x, y, z)["lung"])


def build_airways(chest: Chest, *, step_mm: float) -> Cloud:
    """Return the air of trachea and main bronchi."""
    a = chest.anatomy
    carina = (0.0, 14.0, 0.30 * a.apex)
    trunk = tube([(0, 0, a.apex + 90), (0, 2, a.apex), carina], 8.5, step_mm=step_mm)
    right = tube([carina, (-30, 16, 0.30 * a.apex - 24)], 6.5, step_mm=step_mm)
    left = tube([carina, (38, 18, 0.30 * a.apex - 24)], 6.0, step_mm=step_mm)
    return join([trunk, right, left])


def _grow(hilum: np.ndarray, side: float, rng: np.random.Generator, generations: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the segments of one tree: start (N, 3), end (N, 3), radius (N,)."""
    fan = rng.normal(-0.45, 0.75, 6)
    way = np.stack([side * np.cos(fan), rng.normal(0, 0.55, 6), np.sin(fan)], 1)
    start = np.repeat(hilum[None], 6, 0)
    radius = np.full(6, 2.6) * rng.uniform(0.7, 1.15, 6)
    starts, ends, radii = [], [], []
    for _ in range(generations):
        way = way / np.linalg.norm(way, axis=1, keepdims=True)
        length = radius * rng.uniform(5.0, 9.0, len(radius)) + 6.0
        end = start + way * length[:, None]
        starts.append(start)
        ends.append(end)
        radii.append(radius)
        share = rng.uniform(0.35, 0.65, len(radius))
        radius = np.concatenate([radius * np.cbrt(share), radius * np.cbrt(1 - share)])
        bend = rng.normal(0, 0.42, (len(share), 3))
        way = np.concatenate([way + bend * (1 - share[:, None]) * 1.6, way - bend * share[:, None] * 1.6])
        start = np.concatenate([end, end])
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(radii)
