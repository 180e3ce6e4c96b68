"""A coronal slice through the hippocampi, younger or older, and its T1-weighted scan.

In:   sizes, loss and widening, a canvas; a scanner.
Out:  shares of tissue (N, N); picture and noise-free picture, uint8 (X, Y).
Not:  no fate (follow_up.py).

What the hippocampus loses, the temporal horn beside it fills with fluid.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.phantoms.retina.paint import Array, Canvas, average, ellipse

TISSUES = ("fat", "skull", "csf", "gray", "white")


class Head(Record):
    """One person's slice, before the camera is turned."""

    scale: float
    """Of the whole head."""
    hippocampus: float
    """Half width before any loss, mm."""
    ventricle: float
    """Half width of a lateral ventricle in youth, mm."""
    loss: float
    widening: float
    sulci: float
    """Mean depth to which fluid fills the folds, mm."""


class Slice(Record):
    """What lies where, on the fine canvas."""

    tissue: Mapping[str, Array]
    hippocampus: Array
    ventricle: Array


def draw_slice(p: Mapping[str, Any], head: Head, canvas: Canvas, folds: Array, *, roll: float, shift: NDArray[np.float64]) -> Slice:
    """Place skull, brain, ventricles and hippocampi.

    folds : (N, N) mean 0, SD 1
    roll  : radians; the structures' places turn, their small shapes stay upright
    shift : (2,) mm
    """
    c, s = np.cos(roll), np.sin(roll)

    def place(x: float, y: float) -> NDArray[np.float64]:
        return head.scale * np.array([c * x - s * y, s * x + c * y]) + shift

    radius, oval = p["head"][0] * head.scale, p["head"][1]
    rings = [ellipse(canvas, place(0, 0), radius - step * head.scale, oval=oval) for step in (0.0, 4.5, 9.5)]
    depth = _depth(p, head, canvas, place)
    brain = _soft(depth - head.sulci * np.clip(folds, 0, None), canvas)
    white = _soft(depth - p["ribbon_mm"] - p["gyri_mm"] * folds - 0.4 * head.sulci, canvas) * brain
    for x, y, half, deep_oval in p["deep"]:
        for side in (-1, 1):
            white = white * (1 - ellipse(canvas, place(side * x, y), half * head.scale, oval=deep_oval))
    hippocampus, ventricle = canvas.blank(), canvas.blank()
    wide = head.ventricle * head.scale * (1 + head.widening)
    x, y, thin, tall = p["third"]
    ventricle = np.maximum(ventricle, ellipse(canvas, place(x, y), thin * head.scale * (1 + 1.3 * head.widening), oval=tall))
    horn = head.hippocampus * head.scale
    kept = horn * np.sqrt(1 - head.loss)
    for side in (-1, 1):
        x, y, _, oval = p["ventricle"]
        ventricle = np.maximum(ventricle, ellipse(canvas, place(side * (x + 3.0 * head.widening), y), wide, oval=oval))
        x, y, _, oval = p["hippocampus"]
        bed = ellipse(canvas, place(side * (x + 0.6), y - 0.5), horn * 1.07, oval=oval)
        own = ellipse(canvas, place(side * x, y) + np.array([-side * (horn - kept), oval * (horn - kept)]), kept, oval=oval)
        ventricle = np.maximum(ventricle, bed * (1 - own))
        hippocampus = np.maximum(hippocampus, own)
    fluid = np.maximum(1 - brain, ventricle) * (1 - hippocampus)
    gray = np.maximum(brain * (1 - white), hippocampus) * (1 - fluid)
    inner = rings[2]
    tissue = {
        "fat": rings[0] * (1 - rings[1]),
        "skull": rings[1] * (1 - rings[2]),
        "csf": inner * fluid,
        "gray": inner * gray,
        "white": inner * (1 - fluid - gray).clip(0),
    }
    return Slice(tissue=tissue, hippocampus=hippocampus, ventricle=ventricle)


def scan(
    scanner: Mapping[str, float], tissue: Mapping[str, Array], canvas: Canvas, finer: int, rng: np.random.Generator, *,
    white: float, noise: float,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:  # fmt: skip
    """Return the picture, and the same without noise.

    white : the number white matter is stored as
    noise : standard deviation beside white matter = 1
    """
    levels = {"white": 1.0, **{name: scanner[name] for name in ("gray", "csf", "fat", "skull")}}
    signal = sum(np.float32(levels[name]) * tissue[name] for name in TISSUES)
    clean = average(ndimage.gaussian_filter(signal, scanner["psf_mm"] / canvas.sample_mm, mode="nearest"), finer)
    size = clean.shape[0]
    slope = rng.normal(size=5) * np.array([1, 1, 0.6, 0.6, 0.6])
    u = np.linspace(-1, 1, size)
    x, y = u[:, None], u[None, :]
    coil = slope[0] * x + slope[1] * y + slope[2] * x * y + slope[3] * x**2 + slope[4] * y**2
    clean = clean * np.exp(scanner["bias"] * coil / max(float(np.abs(coil).max()), 1e-9))
    shake = rng.standard_normal((2, size, size)) * noise
    noisy = np.hypot(clean + shake[0], shake[1])  # Rician
    return _stored(noisy, scanner, white), _stored(clean, scanner, white)


def _depth(p: Mapping[str, Any], head: Head, canvas: Canvas, place: Any) -> NDArray[np.float64]:
    """Return how deep every sample lies in the brain, mm, about; negative outside."""
    out = np.full((canvas.size, canvas.size), -1e3)
    x, y, half, oval = p["temporal"]
    shapes = [p["cerebrum"], p["stem"], [x, y, half, oval], [-x, y, half, oval]]
    for x, y, half, oval in shapes:
        center, r = place(x, y), half * head.scale
        away = np.hypot((canvas.centers - center[0])[:, None], ((canvas.centers - center[1]) / oval)[None, :])
        out = np.maximum(out, (r - away) * min(oval, 1.0))
    return out


def _soft(depth: NDArray[np.floating], canvas: Canvas) -> Array:
    """Return the share of each sample that lies beyond depth 0."""
    return np.asarray(np.clip(depth / canvas.sample_mm + 0.5, 0, 1), np.float32)


def _stored(signal: NDArray[np.floating], scanner: Mapping[str, float], white: float) -> NDArray[np.uint8]:
    """Return the signal as 8 bits, by the scanner's curve."""
    return np.asarray(np.clip(np.rint(white * np.clip(signal, 0, None) ** scanner["gamma"]), 0, 255), np.uint8)
