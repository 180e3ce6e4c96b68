"""Lesions of the liver: a cyst, a metastasis or a hemangioma, painted into an organ.

In:   parameters, a generator, a kind, a person, a fine box.
Out:  HU changed in place; the share of each fine sample that is lesion.
Not:  no scanner.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record
from isocenter.phantoms.liver.organ import Person
from isocenter.phantoms.tomograph.blob import Outline, draw_outline
from isocenter.phantoms.tomograph.border import share_inside
from isocenter.phantoms.tomograph.box import Array, Box
from isocenter.phantoms.tomograph.fields import smooth_field


class Lesion(Record):
    """One lesion before it is painted."""

    kind: str
    center_mm: tuple[float, float, float]
    diameter_mm: float
    outline: Outline
    hu: float


def draw_lesion(p: Mapping[str, Any], rng: np.random.Generator, kind: str, diameter_mm: tuple[float, float] | None) -> Lesion:
    """Draw a lesion near the middle; place, size and form are drawn before anything depends on its kind."""
    low, high = np.log(diameter_mm or p["diameter_mm"])
    diameter = float(np.exp(rng.uniform(low, high)))
    x, y = rng.uniform(-1, 1, 2) * p["aside_mm"]
    z = 0.2 * diameter * float(rng.uniform(-1, 1))
    form = p[kind]
    outline = draw_outline(rng, oblong=form["oblong"], lobed=form["lobed"])
    return Lesion(
        kind=kind, center_mm=(float(x), float(y), z), diameter_mm=diameter, outline=outline, hu=float(rng.uniform(*form["hu"]))
    )


def paint_lesion(p: Mapping[str, Any], rng: np.random.Generator, lesion: Lesion, person: Person, box: Box, hu: Array) -> Array:
    """Paint a lesion into HU (X, Y, Z) in place; return how much of each sample it fills."""
    depth = lesion.outline.depth_mm(lesion.center_mm, lesion.diameter_mm, [box.centers(axis) for axis in range(3)])
    form = p[lesion.kind]
    own = np.full(box.shape, min(lesion.hu, person.liver_hu - p["least_contrast_hu"]), np.float32)
    if lesion.kind == "metastasis":
        own = _with_rim(form, rng, lesion, person, depth, own)
    elif lesion.kind == "hemangioma":
        own = _with_nodules(form, rng, lesion, person, box, own)
    own = own + np.float32(form["grain_hu"]) * smooth_field(box, rng, 2.5)
    share = share_inside(depth, max(float(form["edge_mm"]), float(np.mean(box.spacing_mm[:2]))))
    hu += share * (own - hu)
    return share_inside(depth, float(np.mean(box.spacing_mm[:2])))


def _with_rim(form: Mapping[str, Any], rng: np.random.Generator, lesion: Lesion, person: Person, depth: Array, own: Array) -> Array:
    """Return the HU with a rim brighter than the middle, and a dead core where the lesion is large enough for one."""
    radius = lesion.diameter_mm / 2
    wide, brighter = rng.uniform(*form["rim_share"]) * radius, rng.uniform(*form["rim_hu"])
    dead, core, core_hu = rng.random() < form["share_dead"], rng.uniform(*form["dead_share"]), rng.uniform(*form["dead_hu"])
    rim = min(lesion.hu + float(brighter), person.liver_hu + 5.0)
    outer = share_inside(wide - depth, 0.5 * wide)
    own = own + outer * (np.float32(rim) - own)
    if dead and lesion.diameter_mm >= form["dead_from_mm"]:
        inner = share_inside(depth - (1 - core) * radius, 0.25 * radius)
        own = own + inner * (np.float32(core_hu) - own)
    return np.asarray(own, np.float32)


def _with_nodules(form: Mapping[str, Any], rng: np.random.Generator, lesion: Lesion, person: Person, box: Box, own: Array) -> Array:
    """Return the HU with bright nodules along the border; a small one may be filled whole."""
    radius = lesion.diameter_mm / 2
    bright = np.float32(person.vessel_hu * rng.uniform(*form["nodule_of_vessel"]))
    filled = rng.random() < form["share_filled"]
    count = int(rng.integers(form["nodules"][0], form["nodules"][1] + 1))
    if filled and lesion.diameter_mm < form["filled_up_to_mm"]:
        return np.full(box.shape, bright, np.float32)
    x, y, z = box.mesh()
    start = rng.uniform(0, 2 * np.pi)
    for index in range(count):
        angle = start + 2 * np.pi * (index + rng.uniform(-0.3, 0.3)) / count
        size = radius * float(rng.uniform(*form["nodule_share"]))
        out = radius - 0.7 * size
        at = lesion.center_mm + out * np.array([np.cos(angle), np.sin(angle), 0.25 * rng.standard_normal()])
        away = np.sqrt((x - at[0]) ** 2 + (y - at[1]) ** 2 + (z - at[2]) ** 2)
        share = share_inside(size - away, 0.35 * size)
        own = own + share * (bright - own)
    return np.asarray(own, np.float32)
