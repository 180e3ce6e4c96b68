"""What lies around a heart in a short-axis slice: wall of the chest, lungs, midriff with liver and gut, aorta.

In:   parameters, a generator; a plane of points, the signal of each material.
Out:  Chest; the signal of the plane without the heart.
Not:  no heart (ventricles.py); nothing here moves.

Coordinates as in ventricles.py, mm from the axis of the left ventricle. The chest is the same at every height.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record
from isocenter.phantoms.brain.head import step
from isocenter.phantoms.brain.waves import Floats, Waves, draw_waves


class Chest(Record):
    """One person's chest around the heart."""

    at_mm: tuple[float, float]
    half_mm: tuple[float, float]
    fat_mm: float
    muscle_mm: float
    wobble_mm: float
    midriff: tuple[float, float, float]
    """How far below the heart it passes, its slope, its bend."""
    liver_edge_mm: float
    aorta: tuple[float, float, float]
    """Place and radius."""
    vessels: float
    """How rare the vessels of the lung are."""
    fat_around: float
    """Thickness of the pericardial fat where it is thickest, mm."""
    outline: Waves
    patches: Waves
    fine: Waves


def draw_chest(p: Mapping[str, Any], rng: np.random.Generator) -> Chest:
    """Draw the surroundings of one heart."""
    x, y, half_x, half_y, aorta_x, aorta_y = (
        float(rng.uniform(*ends)) for ends in (*p["chest_at_mm"], *p["chest_mm"], *p["aorta_at_mm"])
    )
    names = ("chest_fat_mm", "chest_muscle_mm", "midriff_mm", "midriff_slope", "liver_edge_mm", "aorta_mm", "pericardial_fat_mm")
    fat, muscle, below, slope, edge, aorta, around = (float(rng.uniform(*p[name])) for name in names)
    return Chest(
        at_mm=(x, y), half_mm=(half_x, half_y), fat_mm=fat, muscle_mm=muscle, wobble_mm=p["chest_wobble_mm"],
        midriff=(below, slope, p["midriff_bend"]), liver_edge_mm=edge, aorta=(aorta_x, aorta_y, aorta),
        vessels=p["lung_vessels"], fat_around=around, outline=draw_waves(rng, (90.0, 200.0), 6),
        patches=draw_waves(rng, (25.0, 70.0), 12), fine=draw_waves(rng, (9.0, 22.0), 16),
    )  # fmt: skip


def chest_signal(
    chest: Chest, x: Floats, y: Floats, heart_mm: float, signals: Mapping[str, float], edge_mm: float
) -> Floats:  # fmt: skip
    """Return the signal (*S) of a plane of points without the heart; heart_mm: how far the heart reaches downward."""
    points = np.stack([x, y, np.zeros_like(x)])
    wavy, patchy, fine = chest.outline.at(points), chest.patches.at(points), chest.fine.at(points)
    u, v = (x - chest.at_mm[0]) / chest.half_mm[0], (y - chest.at_mm[1]) / chest.half_mm[1]
    depth = (1 - (np.abs(u) ** 2.4 + np.abs(v) ** 2.4) ** (1 / 2.4)) * min(chest.half_mm) + chest.wobble_mm * wavy
    inner = depth - chest.fat_mm - chest.muscle_mm
    total = np.zeros_like(x)

    def put(total: Floats, material: str, share: Floats) -> Floats:
        return np.asarray(total + (np.float32(signals[material]) - total) * share, np.float32)

    total = put(total, "fat", step(depth, edge_mm))
    total = put(total, "muscle", step(depth - chest.fat_mm, edge_mm) * (1 - step(5 * (patchy - 1.1), edge_mm)))
    total = put(total, "lung", step(inner, edge_mm))
    total = put(total, "blood", 0.6 * step(inner, edge_mm) * step(6 * (fine - chest.vessels), edge_mm))
    below, slope, bend = chest.midriff
    under = -(y + heart_mm + below + slope * x + bend * x**2) + 2 * wavy
    belly = step(under, edge_mm) * step(inner, edge_mm)
    left = step(chest.liver_edge_mm - x + 6 * wavy, edge_mm)
    total = put(total, "fat", belly)
    total = put(total, "liver", belly * (1 - left) * step(under - 2, edge_mm))
    total = put(total, "gut", belly * left * step(10 * (patchy + 0.3), edge_mm) * step(under - 3, edge_mm))
    total = put(total, "air", belly * left * step(10 * (patchy - 1.4), edge_mm))
    at_x, at_y, radius = chest.aorta
    away = np.asarray(radius - np.hypot(x - at_x, y - at_y), np.float32)
    total = put(total, "muscle", step(away + 2, edge_mm))
    return put(total, "blood", step(away, edge_mm))
