"""A fundus camera: focus, haze, light lost at the rim, color, grain, curve, 8 bits.

In:   reflectance (3, N, N) on a fine canvas; a Shot.
Out:  picture and noise-free picture, uint8 (3, X, Y); the quality of the shot in [0, 1].
Not:  no anatomy. The aperture belongs to the pose, so that another camera keeps the masks.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.phantoms.retina.paint import Array, Canvas, average

FAULTS = ("focus_mm", "exposure", "haze")


class Shot(Record):
    """What belongs to the picture taken and not to the eye."""

    scanner: str
    focus_mm: float
    """Blur by defocus or motion, a standard deviation on the retina."""
    exposure: float
    """1 = as bright as the sensor holds."""
    haze: float
    """Share of the light that was scattered by lens and cornea."""
    gains: tuple[float, float, float]
    vignette: float
    noise_seed: int


def draw_shot(p: Mapping[str, Any], rng: np.random.Generator, options: Mapping[str, Any], *, age_years: float) -> Shot:
    """Draw a shot. Everything is drawn whatever the options say, so that a twin changes in one thing only."""
    drawn = str(rng.choice([name for name in p["scanners"] if name != p["held_scanner"]]))
    drawn = drawn if options["nuisance"] == "learn" else p["held_scanner"]
    name = drawn if options["scanner"] is None else str(options["scanner"])
    camera = p["scanners"][name]
    found: dict[str, float] = {
        "focus_mm": float(rng.uniform(*p["focus_mm"])),
        "exposure": float(camera["exposure"] * np.exp(p["exposure_spread"] * rng.normal())),
        "haze": float(rng.uniform(*p["haze"]) + p["haze_of_age"] * max(age_years - 55, 0) / 30 * rng.random()),
    }
    coin, fault, depth = rng.random(), FAULTS[int(rng.integers(3))], rng.random()
    if (coin < p["share_spoiled"]) if options["spoiled"] is None else options["spoiled"]:
        low, high = p["spoiled"][fault]
        found[fault] = float(low + depth * (high - low))
    gains = np.asarray(camera["gains"]) * np.exp(p["gain_spread"] * rng.normal(size=3))
    return Shot(
        scanner=name,
        gains=(float(gains[0]), float(gains[1]), float(gains[2])),
        vignette=float(np.clip(camera["vignette"] * np.exp(0.2 * rng.normal()), 0, 0.85)),
        noise_seed=int(rng.integers(2**31)),
        **found,
    )


def quality_of(p: Mapping[str, Any], shot: Shot) -> float:
    """Return how much contrast of a detail of `detail_mm` the shot keeps, in [0, 1]: optics, haze, and light.

    The optics keep exp(-2 (pi sigma f)²) of a wave of f = 1 / detail; what is darker than half of full light loses in proportion.
    """
    sigma = np.hypot(p["scanners"][shot.scanner]["psf_mm"], shot.focus_mm)
    optics = np.exp(-2 * (np.pi * sigma / p["detail_mm"]) ** 2)
    return float(optics * (1 - shot.haze) * min(1.0, shot.exposure / 0.5))


def take(
    p: Mapping[str, Any], light: Array, shot: Shot, canvas: Canvas, finer: int, aperture: Array
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the picture, and the same without noise.

    aperture : (X, Y) in [0, 1] of the picture, 1 where light comes through
    """
    camera = p["scanners"][shot.scanner]
    sigma = float(np.hypot(camera["psf_mm"], shot.focus_mm)) / canvas.sample_mm
    blurred = ndimage.gaussian_filter(light, (0, sigma, sigma), mode="nearest", truncate=3.0) if sigma > 0.2 else light
    seen = average(blurred, finer)
    pixels = seen.shape[-1]
    away = np.linspace(-1, 1, pixels) * pixels * finer * canvas.sample_mm / 14.0
    falloff = 1 - shot.vignette * np.clip(away[:, None] ** 2 + away[None] ** 2, 0, 1.2)
    veil = np.array([0.62, 0.60, 0.55], np.float32)[:, None, None]
    seen = seen * (1 - shot.haze) + shot.haze * veil
    seen = seen * falloff * shot.exposure * np.asarray(shot.gains, np.float32)[:, None, None] + camera["flare"]
    if camera["sharpen"] > 0:
        wide = 0.08 * pixels * finer * canvas.sample_mm / 14.0 / (canvas.sample_mm * finer)
        seen = seen + camera["sharpen"] * (seen - ndimage.gaussian_filter(seen, (0, wide, wide), mode="nearest"))
    rng = np.random.default_rng(shot.noise_seed)
    grain = rng.standard_normal((3, pixels, pixels), dtype=np.float32)
    grain = 0.6 * grain + 0.4 * grain[1:2]  # part of the grain is common to the colors
    grain = ndimage.gaussian_filter(grain, (0, camera["grain_px"], camera["grain_px"]), mode="wrap")
    grain *= camera["noise"] / max(float(grain.std()), 1e-9)
    noisy = seen + grain * np.sqrt(np.clip(seen, 0.02, 1) / 0.4)
    return _bytes(noisy, camera, aperture), _bytes(seen, camera, aperture)


def _bytes(seen: NDArray[np.floating], camera: Mapping[str, Any], aperture: Array) -> NDArray[np.uint8]:
    """Apply the camera's curve, black out what is beyond the aperture, round to 0..255."""
    shown = np.clip(seen, 0, 1) ** (camera["gamma"]) * aperture[None]
    return np.asarray(np.clip(np.rint(255 * shown), 0, 255), np.uint8)
