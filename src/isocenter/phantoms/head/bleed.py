"""Bleeding by compartment, to a volume that is known; calcium as what looks like it.

In:   the head's shapes, parameters, generators.
Out:  blood on fine and coarse box, a record a compartment; specks of calcium.
Not:  no HU put together (scene.py), no mass effect: the brain stays where it is.

Each compartment is a landscape within what can hold it: a lens at the inner table (epidural), a crescent along one half
(subdural), fluid around the brain near a source (subarachnoid), the lowest part of the ventricles (intraventricular), a lobed lump
(intraparenchymal). It is filled to its volume; more holds all of less.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.head.brain import Brain
from isocenter.phantoms.tomograph.box import Array, Box
from isocenter.phantoms.tomograph.filling import fill

COMPARTMENTS = ("epidural", "subdural", "subarachnoid", "intraventricular", "intraparenchymal")
Bools = NDArray[np.bool_]


class Bleeding(Record):
    """One compartment's bleeding, as wanted."""

    kind: str
    volume_ml: float
    hu: float
    side: float
    """+1 right, -1 left."""
    place: NDArray[np.float64]
    """Four numbers in [0, 1) that say where."""


class Blood(Record):
    """Bleeding as drawn."""

    labels: NDArray[np.uint8]
    """On the coarse box: 0, or 1 + index in COMPARTMENTS."""
    fine: NDArray[np.uint8]
    """The same on the fine box."""


def draw_bleedings(p: Mapping[str, Any], rng: np.random.Generator, options: Mapping[str, Any]) -> tuple[Bleeding, ...]:
    """Draw which compartments bleed and how much; options fix any of it, and the draws stay the same."""
    ill, second = rng.random(2)
    order = rng.choice(len(COMPARTMENTS), 2, replace=False, p=np.array([p["compartments"][name] for name in COMPARTMENTS]))
    numbers = rng.random((len(COMPARTMENTS), 7))
    asked = options["disease"]
    if asked is None and options["compartments"] is not None:
        asked = bool(options["compartments"])
    if not (ill < p["share_disease"] if asked is None else asked):
        return ()
    chosen = {COMPARTMENTS[int(k)] for k in (order if second < p["share_second"] else order[:1])}
    if options["compartments"]:
        chosen = set(options["compartments"])
    out = []
    for name, draw in zip(COMPARTMENTS, numbers, strict=True):
        if name in chosen:
            low, high = np.log(p["volume_ml"][name])
            volume = float(np.exp(low + draw[0] * (high - low))) if options["volume_ml"] is None else float(options["volume_ml"])
            least, most = p["blood_hu"][name]
            hu = float(least + draw[1] * (most - least))
            out.append(Bleeding(kind=name, volume_ml=volume, hu=hu, side=1.0 if draw[2] < 0.5 else -1.0, place=draw[3:]))
    return tuple(out)


def draw_blood(
    box: Box,
    times: int,
    places: tuple[Array, Array, Array],
    depth: Array,
    brain: Brain,
    bleedings: tuple[Bleeding, ...],
    bumps: Array,
) -> Blood:
    """Fill every compartment to its volume, the later ones with what is left.

    places : reference coordinates on the fine box
    depth  : below the inner table on the fine box, mm
    bumps  : a smooth field of SD 1 that lobes what is in the brain
    """
    labels = np.zeros(box.shape, np.uint8)
    fine = np.zeros(depth.shape, np.uint8)
    voxel_ml = float(np.prod(box.spacing_mm)) / 1000
    for bleeding in bleedings:
        land, can = _landscape(bleeding, places, depth, brain, bumps)
        land = np.where(can & (fine == 0), land, -np.inf).astype(np.float32)
        free = labels == 0
        filled = fill(box, times, land, max(round(bleeding.volume_ml / voxel_ml), 1), free, free)
        labels[filled.coarse] = 1 + COMPARTMENTS.index(bleeding.kind)
        fine[filled.fine] = 1 + COMPARTMENTS.index(bleeding.kind)
    return Blood(labels=labels, fine=fine)


def _landscape(
    bleeding: Bleeding, places: tuple[Array, Array, Array], depth: Array, brain: Brain, bumps: Array
) -> tuple[Array, Bools]:
    """Return the landscape of a compartment and what can hold it, both on the fine box."""
    x, y, z = places
    side, (a, b, c, _) = bleeding.side, bleeding.place
    inside, brainy = depth > 0, (brain.ventricle + brain.sulcus < 0.5) & (depth > 4)
    if bleeding.kind == "epidural":
        angle = np.deg2rad(-60 + 120 * a)
        center = np.array([side * 74 * np.cos(angle), 92 * np.sin(angle), -10 + 40 * b])
        return -_distance(places, center), inside & (x * side > 3)
    if bleeding.kind == "subdural":
        angle = np.arctan2(y + 20 - 40 * a, np.maximum(x * side, 1e-3)) / 1.25
        high = (z - (5 + 25 * b)) / 62
        return np.asarray(1 - angle**2 - high**2 - depth / (7 + 5 * c), np.float32), inside & (x * side > 2)
    if bleeding.kind == "subarachnoid":
        sources = ((side * 44, 10.0, -2.0), (0.0, -2.0, -26.0), (side * 30, 30 - 60 * b, 40.0))
        source = np.array(sources[int(3 * a)])
        return -_distance(places, source) + 3 * bumps, inside & (brain.sulcus > 0.5)
    if bleeding.kind == "intraventricular":
        return np.asarray(-y - 0.25 * z + np.where(x * side > 0, 14 * b, 0) + 0 * depth, np.float32), inside & (
            brain.ventricle > 0.5
        )
    lobes = np.array([[26, 4, 4], [12, -10, 6], [36, 40, 14], [40, -40, 16], [48, -6, 6], [32, -20, 34]], float)
    middle = lobes[int(len(lobes) * a)] * [side, 1, 1] + 6 * (np.array([b, c, a * 7 % 1]) - 0.5)
    stretched = (x - middle[0]) * (0.85 + 0.5 * b), (y - middle[1]) * (0.8 + 0.3 * c), (z - middle[2])
    distance = np.sqrt(sum(part * part for part in stretched))
    return np.asarray(-distance + 2.2 * bumps, np.float32), inside & brainy


def _distance(places: tuple[Array, Array, Array], center: NDArray[np.float64]) -> Array:
    """Return the distance of every voxel from a point, mm."""
    return np.asarray(np.sqrt(sum((axis - np.float32(at)) ** 2 for axis, at in zip(places, center, strict=True))), np.float32)


def paint_calcium(
    p: Mapping[str, Any], places: tuple[Array, Array, Array], depth: Array, age: float, rng: np.random.Generator
) -> Array:
    """Return calcium on the fine box, HU of what it adds to; 0 where there is none. Older people have more."""
    out = np.zeros(depth.shape, np.float32)
    where = {
        "pineal": [(0.0, -24.0, 4.0)], "plexus": [(23.0, -36.0, 7.0), (-23.0, -36.0, 7.0)],
        "ganglia": [(22.0, 4.0, 1.0), (-22.0, 4.0, 1.0)], "falx": [(0.5, 45.0, 40.0)], "inner_table": [(0.0, 0.0, 0.0)],
    }  # fmt: skip
    for name, spots in where.items():
        coin, angle, high = rng.random(3)
        sizes = [float(rng.uniform(*p["calcium_mm"])) for _ in range(2)]
        density = np.exp(rng.uniform(*np.log(p["calcium_hu"])))
        wander = rng.normal(0, 1.5, 3)
        if coin > p["share_calcium"][name] * (0.5 + 0.5 * np.clip((age - 20) / 40, 0, 1.4)):
            continue
        for size, spot in zip(sizes, spots, strict=False):
            if name == "inner_table":
                turn = 2 * np.pi * angle
                spot = (62 * np.cos(turn), 80 * np.sin(turn), 30 * high)  # just inside of the skull
            far = _distance(places, np.array(spot) + wander)
            own = np.clip((size - far) / 1.5 + 0.5, 0, 1) * np.float32(density) * (depth > -1)
            np.maximum(out, own, out=out)
    return out
