"""A picture of a well: bright nuclei on dark ground, through optics, uneven light and photon noise.

In:   places and looks of the living cells, a microscope.
Out:  numbered cells, the picture with and without noise (8 bit), the contrast of each cell.
Not:  no growth (colony.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.phantoms.retina.paint import Array, Canvas, average, smooth_field


class Looks(Record):
    """How N cells look, whatever the microscope."""

    radius: NDArray[np.float64]
    """(N,), shares of the side; the geometric mean of both half axes."""
    oval: NDArray[np.float64]
    angle: NDArray[np.float64]
    brightness: NDArray[np.float64]

    def of(self, cells: NDArray[np.intp]) -> "Looks":
        """Return the looks of some cells."""
        return Looks(radius=self.radius[cells], oval=self.oval[cells], angle=self.angle[cells], brightness=self.brightness[cells])


def draw_looks(p: Mapping[str, Any], number: int, rng: np.random.Generator) -> Looks:
    """Draw the looks of every cell there ever was, so that a cell looks the same at all times."""
    middle = float(rng.uniform(*p["radius"]))
    table = rng.random((number, 2))
    spread = rng.standard_normal((number, 2))
    return Looks(
        radius=middle * np.exp(p["radius_sd"] * spread[:, 0]),
        oval=p["oval"][0] + table[:, 0] * (p["oval"][1] - p["oval"][0]),
        angle=np.pi * table[:, 1],
        brightness=np.exp(p["brightness_sd"] * spread[:, 1]),
    )


def paint(xy: NDArray[np.float64], looks: Looks, canvas: Canvas, finer: int) -> tuple[Array, NDArray[np.uint16]]:
    """Return light (fine samples) and cell numbers (pixels): number n is the n-th cell, and of two the nearer one.

    xy : (N, 2) places, shares of the side
    """
    side = canvas.size
    light = canvas.blank()
    best = np.full((side, side), 1.0, np.float32)
    owner = np.zeros((side, side), np.uint16)
    for cell in range(len(xy)):
        at = xy[cell] * side
        long, short = (looks.radius[cell] * side * factor for factor in (looks.oval[cell] ** 0.5, looks.oval[cell] ** -0.5))
        reach = int(np.ceil(long + 1))
        i0, j0 = (np.maximum(np.floor(at).astype(int) - reach, 0)).tolist()
        i1, j1 = (np.minimum(np.floor(at).astype(int) + reach + 1, side)).tolist()
        gx, gy = np.meshgrid(np.arange(i0, i1) + 0.5 - at[0], np.arange(j0, j1) + 0.5 - at[1], indexing="ij")
        c, s = np.cos(looks.angle[cell]), np.sin(looks.angle[cell])
        away = np.hypot((c * gx + s * gy) / long, (c * gy - s * gx) / short)
        # a nucleus is a drop: thick in the middle, thin at its border
        window = (slice(i0, i1), slice(j0, j1))
        light[window] += (looks.brightness[cell] * np.sqrt(np.clip(1 - away**2, 0, 1) * 0.75 + 0.25 * (away < 1))).astype(
            np.float32
        )
        nearer = away < best[window]
        owner[window][nearer] = cell + 1
        best[window][nearer] = away[nearer]
    return light, owner[finer // 2 :: finer, finer // 2 :: finer]


def take_picture(
    p: Mapping[str, Any],
    light: Array,
    canvas: Canvas,
    finer: int,
    scanner: Mapping[str, float],
    *,
    texture: np.random.Generator,
    rng: np.random.Generator,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], dict[str, float]]:
    """Return the picture with and without noise, and what was drawn for it.

    texture : of the cells, not of the scan
    rng     : of the scan
    """
    side = canvas.size
    grain = smooth_field(canvas, texture, 0.5 * p["radius"][0] * canvas.side_mm, side_mm=canvas.side_mm)
    scene = light * np.maximum(1 + np.float32(p["texture"]) * grain, 0)
    sharp = np.asarray(ndimage.gaussian_filter(scene, scanner["psf"] * side, mode="nearest"), np.float32)
    glow = np.asarray(ndimage.gaussian_filter(scene, 0.08 * side, mode="nearest"), np.float32)
    seen = average(sharp + np.float32(scanner["haze"]) * (glow + 0.35), finer)
    count = seen.shape[0]
    center = rng.uniform(0.35, 0.65, 2)
    place = (np.arange(count) + 0.5) / count
    gx, gy = np.meshgrid(place - center[0], place - center[1], indexing="ij")
    seen = seen * (1 - np.float32(scanner["uneven"]) * (gx**2 + gy**2) / 0.5).astype(np.float32)
    gain, black = float(rng.uniform(*p["gain"])), float(rng.uniform(0.01, 0.04))
    clean = seen * gain / 1.4
    noisy = rng.poisson(np.maximum(clean, 0) * scanner["photons"]) / scanner["photons"]
    noisy = noisy + scanner["noise"] * rng.standard_normal(clean.shape)
    stored, without = (_eight_bit(x + black, scanner["gamma"]) for x in (noisy, clean))
    return stored, without, {"gain": gain, "black": black}


def contrasts(clean: NDArray[np.uint8], numbers: NDArray[np.uint16], count: int) -> NDArray[np.float64]:
    """Return how much brighter each cell is than the picture's dark ground, (N,) in [0, 1]; 0 for one that is covered."""
    if not count:
        return np.zeros(0)
    ground = float(np.percentile(clean, 10))
    seen = np.unique(numbers[numbers > 0])
    found = np.zeros(count)
    found[seen - 1] = (np.asarray(ndimage.mean(clean.astype(float), numbers, seen)) - ground) / 255
    return np.clip(found, 0, 1)


def _eight_bit(light: NDArray[np.floating], gamma: float) -> NDArray[np.uint8]:
    return np.asarray(np.rint(255 * np.clip(light, 0, 1) ** gamma), np.uint8)
