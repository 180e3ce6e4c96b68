"""A stained section: cell bodies scattered as each layer bears them, and the light that passes them.

In:   a Ribbon, parameters, generators of cells and of the laboratory.
Out:  how dark each sample is (N, N); the picture as scanned and without noise, 8 bit.
Not:  no layers (ribbon.py); cells are stained by their bodies alone (Nissl), processes are ground.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.phantoms.cortex.ribbon import OUTSIDE, WHITE, Ribbon
from isocenter.phantoms.retina.paint import Array, Canvas, average, smooth_field, stamp


def stained(p: Mapping[str, Any], canvas: Canvas, ribbon: Ribbon, rng: np.random.Generator, *, blend: float | None) -> Array:
    """Return the density of the stain (N, N).

    blend : how far the layers' densities are drawn towards their mean, by dysplasia; None = healthy
    """
    ground = p["neuropil"]
    out = np.full(ribbon.layer.shape, ground["cortex"], np.float32)
    out[ribbon.layer == OUTSIDE], out[ribbon.layer == WHITE] = ground["outside"], ground["white"]
    crowd = p["crowding"]
    crowding = np.exp(crowd["amount"] * smooth_field(canvas, rng, crowd["length_mm"], side_mm=canvas.side_mm))
    mean = float(np.mean([kind["density"] for kind in p["cells"][:-1]]))
    cells = canvas.blank()
    for layer, kind in enumerate(p["cells"], start=1):
        drawn = blend if blend is not None and layer != WHITE else 0.0
        density = (1 - drawn) * kind["density"] + drawn * mean
        _scatter(canvas, cells, ribbon.layer == layer, density * crowding, kind["radius_um"], kind["dark"], rng)
    if blend is not None:
        ill = p["dysplasia"]
        cortex = (ribbon.layer != OUTSIDE) & (ribbon.layer != WHITE)
        _scatter(canvas, cells, cortex, ill["balloons"] * crowding, ill["radius_um"], [0.8, 0.1], rng)
    return out + cells


def scan(
    laboratory: Mapping[str, Any], density: Array, canvas: Canvas, rng: np.random.Generator, *, finer: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the picture as scanned and without noise (n, n): uneven stain, light, optics, the mean over each pixel."""
    uneven = 1.0 + laboratory["uneven"] * smooth_field(canvas, rng, 1.5, side_mm=canvas.side_mm)
    light = laboratory["white"] * 10.0 ** -(laboratory["dense"] * density * uneven)
    away = np.hypot(canvas.centers[:, None], canvas.centers[None]) / (canvas.side_mm / 2)
    light = ndimage.gaussian_filter(light * (1.0 - laboratory["vignette"] * away**2), laboratory["blur_mm"] / canvas.sample_mm)
    clean = average(np.asarray(light, np.float32), finer)
    noisy = clean + rng.normal(0, laboratory["noise"], clean.shape)
    return _bytes(noisy), _bytes(clean)


def _scatter(
    canvas: Canvas,
    out: Array,
    where: NDArray[np.bool_],
    density: NDArray[np.floating],
    radius_um: Sequence[float],
    dark: Sequence[float],
    rng: np.random.Generator,
) -> None:
    """Stamp round bodies at a density (N, N) per mm2 on the samples of a layer; the darkest of those that overlap counts."""
    expected = np.where(where, density, 0.0) * canvas.sample_mm**2
    index = np.repeat(np.arange(expected.size), rng.poisson(expected).ravel())
    at = np.stack(np.unravel_index(index, expected.shape), axis=1) + rng.random((len(index), 2))
    radius = np.clip(rng.normal(radius_um[0], radius_um[1], len(index)), 0.5 * radius_um[0], 2.0 * radius_um[0]) / 1000.0
    darkness = np.clip(rng.normal(dark[0], dark[1], len(index)), 0.1, 1.5)
    if len(index):
        stamp(canvas, out, (at - canvas.size / 2) * canvas.sample_mm, radius, darkness)


def _bytes(picture: NDArray[np.floating]) -> NDArray[np.uint8]:
    return np.asarray(np.clip(np.rint(picture), 0, 255), np.uint8)
