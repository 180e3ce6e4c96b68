"""What light a retina gives back: red, green and blue, by what lies in its way.

In:   disc, vessels, lesions, placed on a canvas.
Out:  reflectance (3, N, N) in [0, 1]; how much of each sample every structure covers.
Not:  no camera (camera.py).

Absorption by Beer-Lambert with three bands; white lesions cover what is below. Blood is as thick as its vessel is wide.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.retina.lesions import KINDS, Lesions
from isocenter.phantoms.retina.paint import Array, Canvas, draw_lines, ellipse, smooth_field, stamp
from isocenter.phantoms.retina.vessels import Disc, Vessels


class Cover(Record):
    """How much of each sample is what, (N, N) in [0, 1]."""

    vessels: Array
    disc: Array
    lesions: Mapping[str, Array]
    """By kind; all kinds."""


def cover_retina(canvas: Canvas, disc: Disc, vessels: Vessels, lesions: Lesions) -> Cover:
    """Place everything on a canvas."""
    held = {kind: canvas.blank() for kind in KINDS}
    for kind in ("microaneurysm", "hard_exudate", "hemorrhage"):
        for spot in lesions.of_kind(kind):
            _add_spot(canvas, held[kind], spot.center, spot.radius, spot.oval)
    for spot in lesions.of_kind("cotton_wool_spot"):
        soft = ellipse(canvas, spot.center, spot.radius, oval=spot.oval, soft_mm=0.9 * spot.radius)
        held["cotton_wool_spot"] = np.maximum(held["cotton_wool_spot"], soft)
    if lesions.preretinal is not None:
        pool = lesions.preretinal
        below = np.clip((canvas.centers - pool.center[1]) / canvas.sample_mm + 0.5, 0, 1).astype(np.float32)
        held["hemorrhage"] = np.maximum(held["hemorrhage"], ellipse(canvas, pool.center, pool.radius, oval=pool.oval) * below)
    lines = [line for tuft in lesions.tufts for line in tuft.lines]
    held["neovascularization"] = draw_lines(canvas, lines, [np.full(len(x), t.radius) for t in lesions.tufts for x in t.lines])
    return Cover(
        vessels=draw_lines(canvas, [b.line for b in vessels.branches], [b.radius for b in vessels.branches]),
        disc=ellipse(canvas, disc.center, disc.radius, oval=disc.oval, soft_mm=0.12),
        lesions=held,
    )


def reflect(
    p: Mapping[str, Any], canvas: Canvas, cover: Cover, disc: Disc, vessels: Vessels, rng: np.random.Generator, *,
    melanin: float, fovea: NDArray[np.float64],
) -> Array:  # fmt: skip
    """Return the light given back (3, N, N).

    melanin : how dark the eye's ground is, about 0.3 to 1.3
    fovea   : (2,) mm on this canvas
    """
    side = canvas.size * canvas.sample_mm * 1.5
    texture = p["texture"]
    ground = melanin * (
        1
        + texture["wide"] * smooth_field(canvas, rng, texture["wide_mm"], side_mm=side)
        + texture["fine"] * smooth_field(canvas, rng, texture["fine_mm"], side_mm=side)
    )
    away = np.hypot(canvas.centers[:, None] - fovea[0], canvas.centers[None, :] - fovea[1])
    width = p["pigment"]["width"] * float(rng.uniform(0.85, 1.2))
    macula = float(rng.uniform(*p["pigment"]["strength"])) * np.exp(-((away / width) ** 2))
    thick = _blood(p, canvas, vessels)
    for kind, depth in (("microaneurysm", 0.55), ("hemorrhage", 0.75), ("neovascularization", 0.5)):
        thick = np.maximum(thick, depth * cover.lesions[kind])
    out = _tissue(p, ground, macula)
    rim = cover.disc[None]
    cup = ellipse(canvas, disc.center, disc.radius * disc.cup, oval=disc.oval, soft_mm=0.25)[None]
    out = out * (1 - rim) + rim * _color(p["disc_color"])
    out = out * (1 - rim * cup) + rim * cup * _color(p["cup_color"])
    for kind, color in (("cotton_wool_spot", "wool_color"), ("hard_exudate", "exudate_color")):
        share = cover.lesions[kind][None] * (0.8 if kind == "cotton_wool_spot" else 0.92)
        out = out * (1 - share) + share * _color(p[color])
    absorbed = np.exp(-thick[None] * _color(p["blood"]["absorbs"]))
    return np.asarray(np.clip(out * absorbed, 0, 1), np.float32)


def _tissue(p: Mapping[str, Any], ground: Array, macula: NDArray[np.float64]) -> Array:
    """Return what the bare retina reflects (3, N, N)."""
    lost = ground[None] * _color(p["melanin"]["absorbs"]) + macula[None] * _color(p["pigment"]["absorbs"])
    return np.asarray(_color(p["reflectance"]) * np.exp(-lost), np.float32)


def _blood(p: Mapping[str, Any], canvas: Canvas, vessels: Vessels) -> Array:
    """Return the thickness of blood in vessels (N, N): 1 for a vein of the full width; arteries are brighter."""
    thick = [
        np.sqrt(2 * b.healthy / p["blood"]["full_mm"]) * (1.0 if v else 0.72)
        for b, v in zip(vessels.branches, vessels.vein, strict=True)
    ]
    return draw_lines(canvas, [b.line for b in vessels.branches], [b.radius for b in vessels.branches], thick)


def _add_spot(canvas: Canvas, out: Array, center: NDArray[np.float64], radius: float, oval: float) -> None:
    """Stamp a spot as two discs, so that it is not quite round."""
    shift = radius * abs(oval - 1) * np.array([1.0, 0.0] if oval < 1 else [0.0, 1.0])
    places = np.array([center - shift, center + shift])
    stamp(canvas, out, places, np.full(2, radius))


def _color(values: Sequence[float]) -> Array:
    """Return three numbers as (3, 1, 1)."""
    return np.asarray(values, np.float32)[:, None, None]
