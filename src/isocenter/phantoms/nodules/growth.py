"""Nodules: how many, how large, of what, where; and how they are painted into a chest.

In:   parameters, a generator, where the lungs and their vessels are.
Out:  Nodules; HU changed in place on the fine box, their masks on the coarse one.
Not:  no chest (thorax/scene.py), no scanner (tomograph/scan.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from isocenter.core.errors import PlanError
from isocenter.core.record import Record
from isocenter.phantoms.tomograph.blob import Outline, draw_outline
from isocenter.phantoms.tomograph.border import share_inside
from isocenter.phantoms.tomograph.box import Array, Box

TEXTURES = ("solid", "ground_glass")
PLACES = ("free", "pleural", "vascular")
TRIES = 200
Bools = NDArray[np.bool_]


class Nodule(Record):
    """One nodule before it is painted."""

    texture: str
    place: str
    center_mm: tuple[float, float, float]
    """In the box's coordinates."""
    diameter_mm: float
    hu: float
    outline: Outline


def draw_nodules(
    p: Mapping[str, Any], rng: np.random.Generator, options: Mapping[str, Any], grade: str, box: Box, lungs: Bools, vessel: Array
) -> tuple[Nodule, ...]:
    """Draw them. PlanError for a number below 0, or lungs too small for any.

    lungs  : on the coarse box
    vessel : share of vessel on the coarse box
    """
    ill, more = rng.random(), int(rng.poisson(p["more"]))
    wanted = options["nodules"]
    if wanted is None:
        sick = bool(ill < p["share_disease"]) if options["disease"] is None else bool(options["disease"])
        wanted = min(1 + more, int(p["most"])) if sick else 0
    if int(wanted) < 0:
        raise PlanError(f"expected a number of nodules from 0 on, got {wanted!r}.")
    depth = np.asarray(distance_transform_edt(lungs, sampling=box.spacing_mm), np.float32)
    if wanted and not lungs.any():
        raise PlanError("expected lungs in the box, got none. Ask for a larger height_mm.")
    made: list[Nodule] = []
    for _ in range(int(wanted)):
        found = _one(p, np.random.default_rng(rng.integers(2**63, size=2).tolist()), grade, options, box, depth, vessel, made)
        if found is not None:
            made.append(found)
    return tuple(made)


def _one(
    p: Mapping[str, Any], rng: np.random.Generator, grade: str, options: Mapping[str, Any], box: Box, depth: Array, vessel: Array,
    others: Sequence[Nodule],
) -> Nodule | None:  # fmt: skip
    """Draw one; None when there is no room for it."""
    low, high = options["diameter_mm"] or p["diameter_mm"][grade]
    diameter = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    texture = TEXTURES[int(rng.random() < p["share_ground_glass"])]
    hu = float(rng.uniform(*p["solid_hu" if texture == "solid" else "ground_glass_hu"]))
    shares = np.cumsum([p["places"][name] for name in PLACES])
    place = PLACES[int(np.searchsorted(shares, rng.random() * shares[-1]))]
    outline = draw_outline(rng, oblong=p["oblong"], lobed=p["lobes"])
    radius = diameter / 2
    where = {
        "free": depth > radius + 2.0,
        "pleural": (depth > 0.2 * radius) & (depth < 0.8 * radius),
        "vascular": (depth > radius) & (vessel > 0.2),
    }
    fitting = np.argwhere(where[place])
    if not len(fitting):
        place, fitting = "free", np.argwhere(depth > min(radius, 0.8 * float(depth.max())))
    for _ in range(TRIES):
        index = fitting[int(rng.integers(len(fitting)))] + rng.uniform(-0.5, 0.5, 3)
        center = (index + 0.5 - np.asarray(box.shape) / 2) * np.asarray(box.spacing_mm)
        edge = np.asarray(box.shape) * np.asarray(box.spacing_mm) / 2 - np.abs(center)
        away = [float(np.linalg.norm(center - n.center_mm)) - radius - n.diameter_mm / 2 for n in others]
        if edge.min() > 0.6 * diameter and min(away, default=np.inf) > p["apart_mm"]:
            return Nodule(
                texture=texture, place=place, center_mm=(float(center[0]), float(center[1]), float(center[2])),
                diameter_mm=diameter, hu=hu, outline=outline,
            )  # fmt: skip
    return None


def paint(nodule: Nodule, box: Box, times: int, hu: Array, lung: Array, vessel: Array) -> Bools | None:
    """Paint a nodule into the fine box in place; return its mask on the coarse one, None when no voxel is half full of it.

    lung, vessel : shares on the fine box; a nodule ends where the lung ends, and a vessel goes on through ground glass
    """
    fine, reach = box.finer(times), nodule.diameter_mm
    window = fine.window(np.asarray(nodule.center_mm) - reach, np.asarray(nodule.center_mm) + reach)
    if window is None:
        return None
    axes = [fine.centers(a)[part] for a, part in enumerate(window)]
    own = share_inside(nodule.outline.depth_mm(nodule.center_mm, nodule.diameter_mm, axes), float(np.mean(fine.spacing_mm)))
    own = own * np.maximum(lung[window], vessel[window])
    here = hu[window]
    denser = np.float32(nodule.hu) if nodule.texture == "solid" else np.maximum(here, np.float32(nodule.hu))
    hu[window] = here + own * (denser - here)
    whole = np.zeros(fine.shape, np.float32)
    whole[window] = own
    mask = box.average(whole, times) >= 0.5
    return mask if mask.any() else None
