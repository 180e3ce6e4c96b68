"""The scene of a head CT: skull, brain, blood and calcium put together as HU on a fine box.

In:   a subject, a tilt, bleedings, the box, seeds.
Out:  HU on the fine box; masks on the coarse one.
Not:  no scanner (tomograph/scan.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.phantoms.head.bleed import COMPARTMENTS, Bleeding, Blood, draw_blood, paint_calcium
from isocenter.phantoms.head.brain import Brain, build_brain
from isocenter.phantoms.head.skull import Skull, build_skull
from isocenter.phantoms.head.subject import Subject, Tilt, place
from isocenter.phantoms.tomograph.box import Array, Box
from isocenter.phantoms.tomograph.fields import smooth_field

Bools = NDArray[np.bool_]


class Scene(Record):
    """Everything there is to scan, and what is true of it."""

    hu: Array
    """On the fine box."""
    skull: Skull
    """On the fine box, as `brain`: what another kind of scanner sees of the same head."""
    brain: Brain
    inside: Array
    """Share of head on the coarse box."""
    depth: Array
    """Below the inner table on the coarse box, mm."""
    bone: Array
    """Share of bone on the coarse box."""
    intracranial: Bools
    calcium: Bools
    blood: Blood


def build_scene(
    p: Mapping[str, Any], box: Box, times: int, subject: Subject, tilt: Tilt, bleedings: tuple[Bleeding, ...],
    seeds: tuple[np.random.SeedSequence, np.random.SeedSequence],
) -> Scene:  # fmt: skip
    """Put the scene together; `seeds` belong to texture (anatomy) and to disease."""
    fine = box.finer(times)
    edge = float(np.prod(fine.spacing_mm)) ** (1 / 3)
    shape, fold, grain, specks = (np.random.default_rng(child) for child in seeds[0].spawn(4))
    places = place(fine, subject, tilt)
    skull = build_skull(*places, subject, smooth_field(fine, shape, 45.0), edge)
    brain = build_brain(*places, skull.depth, subject, smooth_field(fine, fold, 11.0), edge)
    bumps = smooth_field(fine, np.random.default_rng(seeds[1]), 7.0)
    blood = draw_blood(box, times, places, skull.depth, brain, bleedings, bumps)
    calcium = paint_calcium(p, places, skull.depth, subject.age_years, specks)
    hu = _compose(p, subject, skull, brain, smooth_field(fine, grain, 5.0))
    hu = _bleed(p, fine, hu, blood, brain, bleedings)
    hu = np.where(calcium > 0, np.maximum(hu, hu + calcium * brain.inside), hu)
    return Scene(
        hu=np.asarray(hu, np.float32), skull=skull, brain=brain,
        inside=box.average(skull.head, times), depth=box.average(skull.depth, times),
        bone=box.average(skull.bone, times), intracranial=box.average(brain.inside, times) >= 0.5,
        calcium=box.average(((calcium > 60) & (brain.inside > 0.5)).astype(np.float32), times) >= 0.5, blood=blood,
    )  # fmt: skip


def _compose(p: Mapping[str, Any], subject: Subject, skull: Skull, brain: Brain, grain: Array) -> Array:
    """Return HU without blood and calcium."""
    mean = subject.hu
    fluid = brain.ventricle + brain.sulcus
    inner = mean["gray"] * brain.gray + mean["white"] * brain.white + mean["csf"] * fluid.clip(0, 1)
    inner = inner + (p["falx_hu"] - inner) * brain.falx + p["grain_hu"] * grain
    air = np.float32(p["air_hu"])
    hu = air + (np.float32(mean["scalp"]) - air) * skull.head
    hu = hu + (np.float32(p["fat_hu"]) - hu) * skull.fat
    hu = hu + (inner - hu) * brain.inside
    hu = hu + (np.float32(mean["table"]) - hu) * skull.bone
    hu = hu + (np.float32(mean["spongy"]) - hu) * skull.spongy
    return np.asarray(hu + (air - hu) * skull.sinus, np.float32)


def _bleed(p: Mapping[str, Any], fine: Box, hu: Array, blood: Blood, brain: Brain, bleedings: tuple[Bleeding, ...]) -> Array:
    """Return HU with blood, and with edema around what lies in the brain."""
    for bleeding in bleedings:
        here = blood.fine == 1 + COMPARTMENTS.index(bleeding.kind)
        if bleeding.kind == "intraparenchymal" and here.any():
            near = ndimage.gaussian_filter(
                here.astype(np.float32), [p["edema_mm"] / 2 / step for step in fine.spacing_mm], truncate=2.0
            )
            hu = hu + np.float32(p["edema_hu"]) * np.clip(3 * near, 0, 1) * brain.white * brain.inside
        hu = np.where(here, hu + (np.float32(bleeding.hu) - hu) * brain.inside, hu)
    return np.asarray(hu, np.float32)
