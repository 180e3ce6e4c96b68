"""A whole chest in front of a film: path lengths of every material, and what can be seen where.

In:   a Chest, its disease and devices, a view, the size of the fine grid.
Out:  Scene: lengths in mm, (X, Y) on the fine grid.
Not:  no beam (radiograph/detector.py), no labels (chest_xray.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.phantoms.body.devices import build_devices
from isocenter.phantoms.body.disease import Disease, filled_share, fluid_share
from isocenter.phantoms.body.lung_vessels import build_airways, build_vessels
from isocenter.phantoms.body.shapes import Chest, sample
from isocenter.phantoms.body.skeleton import Posture, build_skeleton
from isocenter.phantoms.radiograph.projection import Cloud, ellipsoid_chord, path_lengths, splat
from isocenter.phantoms.radiograph.view import View

Array = NDArray[np.float32]


class Detail(Record):
    """How finely a scene is sampled."""

    depth_mm: float
    """Distance between slabs along the beam."""
    point_mm: float
    """Distance between points of a cloud."""
    generations: int
    """Of lung vessels."""


class Scene(Record):
    """Path lengths in mm by name: body, thorax, lung, hemithorax, abdomen, heart, filled, fluid, nodule, vessel, air, bone …"""

    lengths: Mapping[str, Array]
    lung_density: float

    def attenuation(self, mu_per_mm: Mapping[str, float]) -> Array:
        """Return the sum of mu * length (X, Y)."""
        n = self.lengths
        f = np.float32
        gas = f(1 - self.lung_density)
        air = gas * np.maximum(n["lung"] - n["filled"] - n["fluid"] - n["nodule"] - n["vessel"], 0) + n["air"]
        inner = np.maximum(n["thorax"] - air, 0)
        wall = np.maximum(n["body"] - n["thorax"], 0) + n["breast"]
        total = f(mu_per_mm["soft"]) * (inner * (1 + n["grain"])) + f(mu_per_mm["wall"]) * (wall * (1 + n["grain"]))
        total += f(mu_per_mm["bone"] - mu_per_mm["soft"]) * n["bone"] + f(mu_per_mm["metal"]) * n["metal"]
        return np.asarray(total, np.float32)


def build_scene(
    chest: Chest,
    disease: Disease,
    devices: tuple[str, ...],
    view: View,
    posture: Posture,
    shape: tuple[int, int],
    detail: Detail,
    rngs: Mapping[str, np.random.Generator],
    ranges: Mapping[str, Any],
) -> Scene:
    """Project everything. rngs: generators "vessels", "texture", "patches", "devices"."""
    a = chest.anatomy

    def sampler(x: Array, y: Array, z: Array) -> Mapping[str, Array]:
        parts = dict(sample(chest, x, y, z))
        parts["filled"] = filled_share(disease, x, y, z, parts["lung"])
        parts["fluid"] = fluid_share(chest, disease, x, y, z, parts["lung"])
        return parts

    thick = a.half_depth + a.wall + 30 if view.name != "L" else a.shoulder_width + 20
    depths = np.arange(-thick, thick, detail.depth_mm) + detail.depth_mm / 2
    lengths = path_lengths(view, sampler, shape, depths)
    patches = 0.6 * fractal(shape, rngs["patches"], slope=2.0)
    lengths["filled"] = lengths["filled"] * np.clip(1 + np.float32(disease.patchiness) * patches, 0, 2)
    lengths["nodule"] = np.zeros(shape, np.float32)
    for nodule in disease.nodules:
        r = nodule.radius_mm
        lengths["nodule"] += ellipsoid_chord(view, shape, nodule.center, (r, r, r))
    point = detail.point_mm
    vessels = build_vessels(chest, rngs["vessels"], step_mm=point, generations=detail.generations)
    lengths["vessel"] = _shadow(view, vessels, shape, point)
    lengths["air"] = _shadow(view, build_airways(chest, step_mm=min(point, 2.0)), shape, min(point, 2.0))
    if a.gas > 4:
        gas = (0.45 * a.half_width, -10.0, a.dome[1] - 1.25 * a.gas - 6)
        lengths["air"] += 0.8 * ellipsoid_chord(view, shape, gas, (1.5 * a.gas, a.gas, a.gas))
    lengths["breast"] = _breasts(chest, view, shape)
    lengths["bone"] = _shadow(view, build_skeleton(chest, posture, step_mm=point), shape, point)
    metal = build_devices(chest, devices, rngs["devices"], step_mm=min(point, 1.2))
    lengths["metal"] = splat(view, metal, shape)
    lengths["grain"] = np.float32(ranges["grain"]) * fractal(shape, rngs["texture"], slope=1.4)
    return Scene(lengths=lengths, lung_density=a.lung_density)


def _shadow(view: View, cloud: Cloud, shape: tuple[int, int], step_mm: float) -> Array:
    """Return the path length through a cloud whose points are small balls `step_mm` apart, not dots."""
    sigma = 0.6 * step_mm / view.shrink(0.0) * shape[0] / view.field_mm[0]
    return np.asarray(ndimage.gaussian_filter(splat(view, cloud, shape), sigma, mode="nearest", truncate=3.0), np.float32)


def _breasts(chest: Chest, view: View, shape: tuple[int, int]) -> Array:
    """Return the path through breast tissue in front of the chest wall."""
    a = chest.anatomy
    total = np.zeros(shape, np.float32)
    if a.breast > 0:
        r = a.breast
        for side in (-1.0, 1.0):
            center = (side * 0.52 * a.half_width, -(a.half_depth + 0.6 * a.wall), 0.45 * a.dome[0] - 0.25 * r)
            total += np.float32(0.6) * ellipsoid_chord(view, shape, center, (1.15 * r, 0.75 * r, r))
    return total


def fractal(shape: tuple[int, int], rng: np.random.Generator, *, slope: float) -> Array:
    """Return a random field (X, Y) of mean 0 and SD 1 whose amplitude falls as frequency^-slope; alike at any size."""
    coarse = 64
    noise = rng.standard_normal((coarse, coarse)) + 1j * rng.standard_normal((coarse, coarse))
    fx, fy = np.fft.fftfreq(coarse, 1 / coarse), np.fft.fftfreq(coarse, 1 / coarse)
    radius = np.hypot(fx[:, None], fy[None, :])
    spectrum = noise * np.where(radius > 0, np.maximum(radius, 1.0) ** -slope, 0)
    wave_x = np.exp(2j * np.pi * np.outer((np.arange(shape[0]) + 0.5) / shape[0], fx))
    wave_y = np.exp(2j * np.pi * np.outer(fy, (np.arange(shape[1]) + 0.5) / shape[1]))
    field = (wave_x @ spectrum @ wave_y).real
    return np.asarray((field - field.mean()) / max(float(field.std()), 1e-9), np.float32)
