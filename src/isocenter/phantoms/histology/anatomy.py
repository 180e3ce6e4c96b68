"""What grows where on a slide: tissue on glass, glands, follicles, carcinoma.

In:   parameters, generators of anatomy and disease, a canvas in micrometers.
Out:  Anatomy: one label a sample, and fields that give fibers and glands their look.
Not:  no nuclei (nuclei.py), no dyes (stain.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.record import Record
from isocenter.phantoms.retina.paint import Array, Canvas, smooth_field

GLASS, STROMA, FOLLICLE, EPITHELIUM, LUMEN, CARCINOMA = range(6)
KINDS = ("glass", "stroma", "follicle", "epithelium", "lumen", "carcinoma")


class Anatomy(Record):
    """One slide before it is stained."""

    kind: NDArray[np.uint8]
    """(N, N), index into KINDS."""
    region: NDArray[np.bool_]
    """(N, N): the carcinoma as a pathologist outlines it, with the stroma between its nests."""
    fibers: Array
    """(N, N), mean 0: bundles of collagen."""

    @property
    def tissue(self) -> NDArray[np.bool_]:
        """Return where there is no glass; a gland's lumen belongs to the tissue."""
        return np.asarray(self.kind != GLASS)


def grow(p: Mapping[str, Any], canvas: Canvas, body: np.random.Generator, disease: np.random.Generator, *, ill: bool) -> Anatomy:
    """Lay out one slide. The same generators give the same tissue, whether it is ill or not."""
    kind = np.where(_outline(p, canvas, body), STROMA, GLASS).astype(np.uint8)
    fibers = _fibers(p, canvas, body)
    _follicles(p, canvas, body, kind)
    _glands(p, canvas, body, kind)
    region = _carcinoma(p, canvas, disease, kind, ill=ill)
    return Anatomy(kind=kind, region=region, fibers=fibers)


def _outline(p: Mapping[str, Any], canvas: Canvas, rng: np.random.Generator) -> NDArray[np.bool_]:
    """A piece of tissue whose border wanders."""
    t = p["tissue"]
    radius = np.hypot(*np.meshgrid(canvas.centers, canvas.centers, indexing="ij")) / (canvas.side_mm / 2)
    wander = smooth_field(canvas, rng, t["length"], side_mm=canvas.side_mm)
    return np.asarray(radius < rng.uniform(*t["reach"]) * 1.15 + t["rough"] * wander)


def _fibers(p: Mapping[str, Any], canvas: Canvas, rng: np.random.Generator) -> Array:
    """Waves along a direction that bends."""
    f = p["fibers"]
    x, y = np.meshgrid(canvas.centers, canvas.centers, indexing="ij")
    turn = rng.uniform(0, np.pi)
    bend = smooth_field(canvas, rng, f["warp"], side_mm=canvas.side_mm)
    across = x * np.cos(turn) + y * np.sin(turn) + 12.0 * bend
    uneven = smooth_field(canvas, rng, 25.0, side_mm=canvas.side_mm)
    return np.asarray(np.sin(2 * np.pi * across / f["length"] + 1.5 * uneven) * (0.6 + 0.4 * np.tanh(uneven)), np.float32)


def _follicles(p: Mapping[str, Any], canvas: Canvas, rng: np.random.Generator, kind: NDArray[np.uint8]) -> None:
    """Crowds of lymphocytes: dark, and harmless."""
    f = p["follicles"]
    low, high = f["count"]
    for _ in range(int(rng.integers(low, high + 1))):
        inside = _blob(canvas, rng.uniform(-0.35, 0.35, 2) * canvas.side_mm, rng.uniform(*f["radius"]), rng, uneven=0.2)
        kind[inside & (kind == STROMA)] = FOLLICLE


def _glands(p: Mapping[str, Any], canvas: Canvas, rng: np.random.Generator, kind: NDArray[np.uint8]) -> None:
    """Rings of epithelium around a lumen, at even distances."""
    g = p["glands"]
    apart = rng.uniform(*g["apart"])
    half = canvas.side_mm / 2
    tissue = kind != GLASS
    for x in np.arange(-half, half, apart):
        for y in np.arange(-half, half, apart):
            center = np.array([x, y]) + apart * rng.uniform(0.3, 0.7, 2)
            radius, lumen, here = rng.uniform(*g["radius"]), rng.uniform(*g["lumen"]), rng.random() < g["kept"]
            state = rng.bit_generator.state
            outer = _blob(canvas, center, radius, rng, uneven=g["uneven"])
            rng.bit_generator.state = state  # the lumen has the gland's shape
            inner = _blob(canvas, center, radius * lumen, rng, uneven=g["uneven"])
            if here and outer.any() and tissue[outer].all():
                kind[outer] = EPITHELIUM
                kind[inner] = LUMEN


def _carcinoma(
    p: Mapping[str, Any], canvas: Canvas, rng: np.random.Generator, kind: NDArray[np.uint8], *, ill: bool
) -> NDArray[np.bool_]:
    """Nests that replace what was there, in a region of a drawn share of the tissue."""
    c = p["carcinoma"]
    share = float(np.exp(rng.uniform(*np.log(c["share"]))))
    field = smooth_field(canvas, rng, c["length"], side_mm=canvas.side_mm)
    middle = rng.uniform(-0.25, 0.25, 2) * canvas.side_mm
    nests = smooth_field(canvas, rng, c["nests"], side_mm=canvas.side_mm)
    tissue = kind != GLASS
    if not ill or not tissue.any():
        return np.zeros(kind.shape, bool)
    away = np.hypot(canvas.centers[:, None] - middle[0], canvas.centers[None] - middle[1]) / canvas.side_mm
    near = field - 6.0 * away
    region = tissue & (near > np.quantile(near[tissue], 1 - share))
    nest = region & (nests > np.quantile(nests[region], c["stroma"]))
    kind[region] = STROMA
    kind[nest] = CARCINOMA
    return np.asarray(ndimage.binary_fill_holes(region) & tissue)


def _blob(
    canvas: Canvas, center: NDArray[np.floating], radius: float, rng: np.random.Generator, *, uneven: float
) -> NDArray[np.bool_]:
    """A disc whose radius wavers with the angle."""
    phases, sizes = rng.uniform(0, 2 * np.pi, 4), rng.normal(0, uneven / 2, 4)
    inside = np.zeros((canvas.size, canvas.size), bool)
    reach = 1.6 * radius
    low = np.clip(np.floor((center - reach) / canvas.sample_mm + canvas.size / 2).astype(int), 0, canvas.size)
    high = np.clip(np.ceil((center + reach) / canvas.sample_mm + canvas.size / 2).astype(int), 0, canvas.size)
    x = canvas.centers[low[0] : high[0], None] - center[0]
    y = canvas.centers[None, low[1] : high[1]] - center[1]
    angle = np.arctan2(y, x)
    border = radius * (1 + sum(s * np.cos((k + 2) * angle + f) for k, (s, f) in enumerate(zip(sizes, phases, strict=True))))
    inside[low[0] : high[0], low[1] : high[1]] = np.hypot(x, y) < border
    return inside
