"""Two dyes, light through them, and a scanner: how a laboratory makes tissue a picture.

In:   amounts of hematoxylin and eosin, parameters of a center, a generator of the acquisition.
Out:  the picture without noise and as scanned, 8 bit (3, X, Y); the dyes as they were drawn.
Not:  no tissue (anatomy.py).

Reference: Ruifrok & Johnston, Anal Quant Cytol Histol 2001; 23:291-299 (optical density by Beer-Lambert).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.phantoms.histology.anatomy import CARCINOMA, EPITHELIUM, FOLLICLE, GLASS, LUMEN, STROMA, Anatomy
from isocenter.phantoms.retina.paint import Array, Canvas, average

_GROUND = {STROMA: "stroma", FOLLICLE: "follicle", EPITHELIUM: "epithelium", LUMEN: "lumen", CARCINOMA: "carcinoma"}


class Dyes(Record):
    """How one slide was stained."""

    vectors: tuple[tuple[float, ...], tuple[float, ...]]
    """Optical density of hematoxylin and eosin in red, green, blue, length 1."""
    dense: tuple[float, float]


def draw_dyes(p: Mapping[str, Any], center: Mapping[str, Any], rng: np.random.Generator) -> Dyes:
    """Draw the dyes of one slide about those of its center: batches differ."""
    vectors = []
    for name in ("hematoxylin", "eosin"):
        moved = np.maximum(np.asarray(center[name]) + rng.normal(0, p["spread_vector"], 3), 0.01)
        vectors.append(tuple(float(v) for v in moved / np.linalg.norm(moved)))
    dense = [float(d * np.exp(rng.normal(0, p["spread_dense"]))) for d in center["dense"]]
    return Dyes(vectors=(vectors[0], vectors[1]), dense=(dense[0], dense[1]))


def amounts(p: Mapping[str, Any], anatomy: Anatomy, nuclei: Array) -> NDArray[np.float32]:
    """Return hematoxylin and eosin of every sample (2, N, N), as a lab of density 1 would stain them."""
    table = np.zeros((6, 2), np.float32)
    for kind, name in _GROUND.items():
        table[kind] = p["ground"][name]
    ground = np.moveaxis(table[anatomy.kind], -1, 0)  # (2, N, N)
    fibers = np.where(anatomy.kind == STROMA, 1.0 + p["fibers"]["amount"] * anatomy.fibers, 1.0)
    inside = nuclei > 0.05
    eosin = np.where(inside, 0.5 * ground[1], ground[1] * fibers)
    tissue = anatomy.kind != GLASS
    return np.stack([(ground[0] + nuclei) * tissue, eosin * tissue]).astype(np.float32)


def scan(
    center: Mapping[str, Any], dyes: Dyes, amount: NDArray[np.float32], canvas: Canvas, rng: np.random.Generator, *, finer: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the picture as scanned and without noise: light, optics, then the mean over each pixel."""
    density = np.tensordot(np.asarray(dyes.vectors, np.float32).T * np.asarray(dyes.dense, np.float32), amount, axes=1)  # (3, N, N)
    light = np.asarray(center["white"], np.float32)[:, None, None] * 10.0**-density
    away = np.hypot(canvas.centers[:, None], canvas.centers[None]) / (canvas.side_mm / 2)
    light *= (1.0 - center["vignette"] * away**2).astype(np.float32)
    sigma = center["blur_um"] / canvas.sample_mm
    light = np.stack([ndimage.gaussian_filter(channel, sigma) for channel in light])
    clean = average(light, finer)
    noise = rng.normal(0, center["noise"], clean.shape).astype(np.float32) * np.sqrt(np.maximum(clean, 1) / 255)
    return tuple(np.clip(np.rint(picture), 0, 255).astype(np.uint8) for picture in (clean + noise, clean))  # type: ignore[return-value]
