"""The scene of a chest CT: shapes, trees and holes put together as HU on a fine box.

In:   a body, a stance, a disease, the box.
Out:  HU on the fine box; masks of lungs, upper regions, sides and emphysema on the coarse one.
Not:  no scanner (tomograph/scan.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.thorax.body import Body, Stance, place, to_box
from isocenter.phantoms.thorax.chest import CARINA_MM, Chest, build_chest
from isocenter.phantoms.thorax.emphysema import Disease, Holes, draw_holes
from isocenter.phantoms.thorax.tree import Trees
from isocenter.phantoms.tomograph.box import Array, Box
from isocenter.phantoms.tomograph.fields import smooth_field
from isocenter.phantoms.tomograph.tubes import Segment, paint_tubes

Bools = NDArray[np.bool_]
WALL = 1.25
"""Outer radius of an airway over its inner one."""


class Scene(Record):
    """Everything there is to scan, and what is true of it."""

    hu: Array
    """On the fine box."""
    parenchyma: Array
    """Density of lung tissue without vessels and holes, as a share of water's; 0 outside of the lungs. On the fine box."""
    lung: Array
    """Share of lung, airways and their walls taken out, on the fine box."""
    vessel: Array
    """Share of vessel on the fine box."""
    inside: Array
    """Share of body on the coarse box."""
    lungs: Bools
    right_upper: Bools
    left_upper: Bools
    right: Bools
    holes: Holes


def build_scene(
    p: Mapping[str, Any], box: Box, times: int, body: Body, stance: Stance, trees: Trees, disease: Disease,
    seeds: tuple[np.random.SeedSequence, np.random.SeedSequence],
) -> Scene:  # fmt: skip
    """Put the scene together; `seeds` belong to texture (anatomy) and to disease."""
    fine = box.finer(times)
    top = 0.5 * fine.shape[2] * fine.spacing_mm[2] - 6.0
    x, y, z = place(fine, body, stance, top)
    chest = build_chest(x, y, z, body, edge_mm=float(np.mean(fine.spacing_mm)))
    rng = np.random.default_rng(seeds[0])
    lung = np.asarray(np.clip(chest.depth / np.mean(fine.spacing_mm) + 0.5, 0, 1), np.float32)
    lumen, wall, vessel = _paint(fine, trees, lung, body, stance, top)
    air_filled = lung * (1 - wall)
    lungs = box.average(air_filled, times) >= 0.5
    right = lungs & (box.average(np.broadcast_to(chest.right, fine.shape).astype(np.float32), times) >= 0.5)
    upper = lungs & (box.average(np.broadcast_to((z > CARINA_MM), fine.shape).astype(np.float32), times) >= 0.5)
    regions = {"right": right & upper, "left": upper & ~right, "right_side": right, "left_side": lungs & ~right}
    free = (air_filled > 0.5) & (vessel < 0.5)
    holes = draw_holes(p, box, times, chest.depth, free, regions, disease, seeds[1], z)
    density = _parenchyma(p, fine, y, chest, body, stance, rng)
    hu = _wall(p, fine, chest, body, rng)
    healthy = np.where(holes.fine, holes.hu, 1000 * density - 1000)
    inner = healthy + (np.float32(body.blood_hu) - healthy) * vessel
    hu = hu + (inner - hu) * lung
    hu = hu + (np.float32(body.soft_hu) - hu) * wall
    hu = hu + (np.float32(p["air_hu"]) - hu) * lumen
    tissue = density * air_filled * (1 - vessel) * ~holes.fine
    return Scene(
        hu=np.asarray(hu, np.float32), parenchyma=np.asarray(tissue, np.float32), lung=np.asarray(air_filled, np.float32),
        vessel=vessel, inside=box.average(chest.body, times),
        lungs=lungs, right_upper=regions["right"], left_upper=regions["left"], right=right, holes=holes,
    )  # fmt: skip


def _paint(fine: Box, trees: Trees, lung: Array, body: Body, stance: Stance, top: float) -> tuple[Array, Array, Array]:
    """Return shares of airway lumen, airway with its wall, and vessel; branches end where the lung ends."""
    lumen, wall, vessel = (np.zeros(fine.shape, np.float32) for _ in range(3))
    paint_tubes(fine, lumen, _moved(trees.airways, body, stance, top))
    paint_tubes(fine, wall, _moved(trees.airways, body, stance, top, WALL))
    paint_tubes(fine, vessel, _moved(trees.vessels, body, stance, top))
    lumen, wall, vessel = lumen * lung, wall * lung, vessel * lung
    paint_tubes(fine, lumen, _moved(trees.trunk, body, stance, top))
    paint_tubes(fine, wall, _moved(trees.trunk, body, stance, top, WALL))
    return lumen, wall, vessel


def _moved(segments: tuple[Segment, ...], body: Body, stance: Stance, top: float, wider: float = 1.0) -> list[Segment]:
    """Return segments in the box's coordinates, their radius times `wider`."""
    starts = to_box(np.array([s.start for s in segments]), body, stance, top)
    ends = to_box(np.array([s.end for s in segments]), body, stance, top)
    radii = [s.radius_mm * body.size * wider for s in segments]
    return [Segment(start=a, end=b, radius_mm=r) for a, b, r in zip(starts, ends, radii, strict=True)]


def _parenchyma(
    p: Mapping[str, Any], fine: Box, y: Array, chest: Chest, body: Body, stance: Stance, rng: np.random.Generator
) -> Array:
    """Return the density of lung tissue, a share of water's: denser behind, denser in less breath, grained, in a mosaic.

    The mosaic is air trapped in lobules that are not destroyed: darker patches that are no emphysema.
    """
    grain = smooth_field(fine, rng, 5.0) * np.float32(p["grain_hu"] / 1000)
    trapped = float(rng.uniform(*p["mosaic_hu"])) / 1000
    patches = np.clip(2.0 * smooth_field(fine, rng, 34.0), -1, 1)
    grain = grain - np.float32(trapped / 2) * patches
    gravity = -y * np.float32(body.gravity_hu / 1000 / 150)
    middle = chest.depth > 0
    lean = float(np.mean(np.broadcast_to(gravity, fine.shape)[middle])) if middle.any() else 0.0
    return np.asarray((np.float32(body.tissue - lean) + gravity + grain).clip(0.02) / np.float32(stance.inspiration), np.float32)


def _wall(p: Mapping[str, Any], fine: Box, chest: Chest, body: Body, rng: np.random.Generator) -> Array:
    """Return HU of everything but the lungs."""
    field = smooth_field(fine, rng, 9.0)
    fatty = np.clip(2.2 * (field - 0.9 + 1.1 * chest.wall_fat), 0, 1)
    soft = np.float32(body.soft_hu) + 4 * field
    flesh = soft + (np.float32(p["fat_hu"]) - soft) * fatty
    hu = np.float32(p["air_hu"]) + (np.float32(p["fat_hu"]) - np.float32(p["air_hu"])) * chest.body
    hu = hu + (flesh - hu) * chest.muscle
    hu = hu + (np.float32(body.blood_hu) - hu) * chest.blood
    hu = hu + (np.float32(body.spongy_hu) - hu) * chest.spongy
    return np.asarray(hu + (np.float32(body.compact_hu) - hu) * chest.compact, np.float32)
