"""What can be wrong in the chest: opacities, nodules, effusion, a large heart.

In:   a Chest, ranges, a generator, what is asked for.
Out:  Disease: lesions with place, size and density, sampled like the shapes.
Not:  no projection, no labels (chest_xray.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.body.shapes import Chest, sample, soft

Array = NDArray[np.float32]
FINDINGS = ("opacity", "nodule", "effusion", "cardiomegaly")


class Blob(Record):
    """A patch of lung filled with fluid or cells."""

    center: tuple[float, float, float]
    radii: tuple[float, float, float]
    density: float
    """Share of air replaced at its middle."""


class Nodule(Record):
    """A ball of soft tissue in the lung."""

    center: tuple[float, float, float]
    radius_mm: float
    hidden: bool
    """Behind the heart or under a dome: a frontal film hardly shows it, a lateral one does."""


class Disease(Record):
    """All that is wrong with one chest."""

    blobs: tuple[Blob, ...] = ()
    nodules: tuple[Nodule, ...] = ()
    effusion: tuple[float, float] = (-1e4, -1e4)
    """z of the fluid's surface, right and left; far below = none."""
    heart_factor: float = 1.0
    patchiness: float = 0.0
    """0 even; 1 the opacities are broken up by the lung's texture."""


def draw_disease(
    chest: Chest, ranges: Mapping[str, Any], rng: np.random.Generator, findings: tuple[str, ...], *, severity: float | None
) -> Disease:
    """Draw lesions for the findings asked for.

    severity : (0, 1], None = drawn; grows number and size of opacities
    """
    a = chest.anatomy
    heavy = float(rng.beta(1.4, 1.6)) if severity is None else float(severity)
    streams = {name: np.random.default_rng(rng.integers(2**63)) for name in FINDINGS}  # one finding never moves another
    blobs: tuple[Blob, ...] = ()
    if "opacity" in findings:
        blobs = _opacities(chest, ranges, streams["opacity"], heavy)
    nodules: tuple[Nodule, ...] = ()
    if "nodule" in findings:
        nodules = _nodules(chest, ranges, streams["nodule"])
    effusion = [-1e4, -1e4]
    if "effusion" in findings:
        draw = streams["effusion"]
        side = int(draw.integers(2))
        for s in {side, side if draw.random() < 0.7 else 1 - side}:
            effusion[s] = a.dome[s] + float(draw.uniform(*ranges["effusion_mm"]))
    draw = streams["cardiomegaly"]
    factor = float(draw.uniform(*ranges["heart_factor"])) if "cardiomegaly" in findings else 1.0
    return Disease(
        blobs=blobs,
        nodules=nodules,
        effusion=(effusion[0], effusion[1]),
        heart_factor=factor,
        patchiness=float(streams["opacity"].uniform(0.3, 1.0)),
    )


def filled_share(disease: Disease, x: Array, y: Array, z: Array, lung: Array) -> Array:
    """Return the share of lung air replaced by opacities at (x, y, z), in [0, 1]: 0 where `lung` is 0."""
    filled = np.zeros(np.broadcast_shapes(x.shape, y.shape, z.shape), np.float32)
    for blob in disease.blobs:
        (cx, cy, cz), (rx, ry, rz) = blob.center, blob.radii
        if abs(float(np.mean(y)) - cy) > 4 * ry + 200:
            continue
        q = ((x - cx) * np.float32(1 / rx)) ** 2 + ((y - cy) * np.float32(1 / ry)) ** 2 + ((z - cz) * np.float32(1 / rz)) ** 2
        filled += np.float32(blob.density) * np.exp(-0.5 * q)
    return np.asarray(np.minimum(filled, np.float32(0.97)) * lung, np.float32)


def fluid_share(chest: Chest, disease: Disease, x: Array, y: Array, z: Array, lung: Array) -> Array:
    """Return the share of lung space taken by an effusion: under its surface, which climbs at the wall (meniscus)."""
    if max(disease.effusion) < -1e3:
        return np.zeros_like(lung)
    a, f = chest.anatomy, np.float32
    level = np.where(x < 0, f(disease.effusion[0]), f(disease.effusion[1])).astype(np.float32)
    climb: Array = (x * f(1 / a.half_width)) ** 4 + (y * f(1 / a.half_depth)) ** 4
    return np.asarray(soft(z - level - f(22.0) * climb, 10.0) * lung, np.float32)


def _opacities(chest: Chest, ranges: Mapping[str, Any], rng: np.random.Generator, heavy: float) -> tuple[Blob, ...]:
    count = 1 + int(rng.poisson(ranges["opacity_count"] * heavy))
    low, high = ranges["opacity_mm"]
    spots = places_in_lung(chest, rng, count, lower=0.6)
    return tuple(
        Blob(
            center=(float(p[0]), float(p[1]), float(p[2])),
            radii=tuple(float(r) for r in rng.uniform(low, low + (high - low) * (0.35 + 0.65 * heavy), 3)),  # type: ignore[arg-type]
            density=float(rng.uniform(*ranges["opacity_density"]) * (0.6 + 0.4 * heavy)),
        )
        for p in spots
    )


def _nodules(chest: Chest, ranges: Mapping[str, Any], rng: np.random.Generator) -> tuple[Nodule, ...]:
    a = chest.anatomy
    out = []
    for _ in range(1 + int(rng.poisson(0.5))):
        radius = float(np.exp(rng.uniform(*np.log(ranges["nodule_radius_mm"]))))
        hidden = bool(rng.random() < ranges["share_hidden"])
        spots = places_in_lung(chest, rng, 40, lower=0.8 if hidden else 0.35)
        if hidden:
            behind = (spots[:, 1] > 0.3 * a.half_depth) & (spots[:, 2] < a.dome[1] + 25)
            spots = spots[behind] if behind.any() else spots
        center = (float(spots[0, 0]), float(spots[0, 1]), float(spots[0, 2]))
        out.append(Nodule(center=center, radius_mm=radius, hidden=hidden and spots[0, 1] > 0.3 * a.half_depth))
    return tuple(out)


def places_in_lung(chest: Chest, rng: np.random.Generator, count: int, *, lower: float) -> NDArray[np.float64]:
    """Return places (count, 3) inside the lungs; `lower` in [0, 1] is the share confined to their lower half."""
    a = chest.anatomy
    found = np.zeros((0, 3))
    while len(found) < count:
        tries = rng.uniform(
            (-a.half_width, -a.half_depth, a.base), (a.half_width, a.half_depth + a.kyphosis, a.apex), (200 + 20 * count, 3)
        )
        x, y, z = tries.astype(np.float32).T
        inside = sample(chest, x, y, z)["lung"] > 0.9
        low = tries[:, 2] < 0.5 * (a.apex + a.dome[0])
        keep = inside & (low | (rng.random(len(tries)) > lower))
        found = np.concatenate([found, tries[keep]])
    return found[:count]
