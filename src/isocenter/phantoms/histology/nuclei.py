"""Nuclei: where they lie in each kind of tissue, and how much hematoxylin each sample of them takes.

In:   an Anatomy on its canvas.
Out:  Nuclei (places, kinds, sizes); hematoxylin (N, N).
Not:  no eosin, no color (stain.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from isocenter.core.record import Record
from isocenter.phantoms.histology.anatomy import CARCINOMA, EPITHELIUM, FOLLICLE, STROMA, Anatomy
from isocenter.phantoms.retina.paint import Array, Canvas

TYPES = ("stroma", "lymphocyte", "epithelium", "carcinoma")
_LIVES_IN = {"stroma": STROMA, "lymphocyte": FOLLICLE, "epithelium": EPITHELIUM, "carcinoma": CARCINOMA}


class Nuclei(Record):
    """M nuclei."""

    place: NDArray[np.float64]
    """(M, 2) um about the canvas's middle."""
    kind: NDArray[np.intp]
    """(M,), index into TYPES."""
    axes: NDArray[np.float64]
    """(M, 2) half axes, um."""
    angle: NDArray[np.float64]
    hematoxylin: NDArray[np.float64]
    clumps: NDArray[np.float64]
    """(M,): how uneven the chromatin is."""


def scatter(p: Mapping[str, Any], canvas: Canvas, anatomy: Anatomy, rng: np.random.Generator) -> Nuclei:
    """Draw nuclei at the densities of their tissue; of two that overlap too much, the later one is dropped."""
    found: dict[str, list[NDArray[Any]]] = {name: [] for name in ("place", "kind", "axes", "angle", "hematoxylin", "clumps")}
    area = (canvas.sample_mm / 100.0) ** 2  # in units of 100 um x 100 um
    for number, name in enumerate(TYPES):
        n = p["nuclei"][name]
        where = np.flatnonzero(anatomy.kind == _LIVES_IN[name])
        count = int(rng.poisson(len(where) * area * n["density"])) if len(where) else 0
        at = np.stack(np.unravel_index(rng.choice(where, count), anatomy.kind.shape), axis=1) if count else np.zeros((0, 2))
        place = (at + rng.random((count, 2)) - canvas.size / 2) * canvas.sample_mm
        radius = np.clip(rng.normal(n["radius"][0], n["radius"][1], count), 0.5 * n["radius"][0], 2.0 * n["radius"][0])
        kept = _apart(place, radius, p["nearest"])
        oval = rng.uniform(n["oval"][0], n["oval"][1], count)
        found["place"].append(place[kept])
        found["kind"].append(np.full(len(kept), number))
        found["axes"].append(np.stack([radius * np.sqrt(oval), radius / np.sqrt(oval)], axis=1)[kept])
        found["angle"].append(rng.uniform(0, np.pi, count)[kept])
        found["hematoxylin"].append(np.clip(rng.normal(n["hematoxylin"][0], n["hematoxylin"][1], count), 0.15, 1.5)[kept])
        found["clumps"].append(np.full(len(kept), n["clumps"]))
    joined = {name: np.concatenate(parts) for name, parts in found.items()}
    return Nuclei(
        place=joined["place"], kind=joined["kind"].astype(np.intp), axes=joined["axes"], angle=joined["angle"],
        hematoxylin=joined["hematoxylin"], clumps=joined["clumps"],
    )  # fmt: skip


def paint(canvas: Canvas, nuclei: Nuclei, rng: np.random.Generator) -> Array:
    """Return the hematoxylin of the nuclei (N, N); edges are one sample soft, and where two overlap they add up in part."""
    out = canvas.blank()
    grain = rng.normal(0, 1, (canvas.size, canvas.size)).astype(np.float32)
    for n in range(len(nuclei.place)):
        reach = nuclei.axes[n].max() + canvas.sample_mm
        low = np.clip(np.floor((nuclei.place[n] - reach) / canvas.sample_mm + canvas.size / 2).astype(int), 0, canvas.size)
        high = np.clip(np.ceil((nuclei.place[n] + reach) / canvas.sample_mm + canvas.size / 2).astype(int), 0, canvas.size)
        x = canvas.centers[low[0] : high[0], None] - nuclei.place[n, 0]
        y = canvas.centers[None, low[1] : high[1]] - nuclei.place[n, 1]
        c, s = np.cos(nuclei.angle[n]), np.sin(nuclei.angle[n])
        long, short = nuclei.axes[n]
        away = np.sqrt(((c * x + s * y) / long) ** 2 + ((c * y - s * x) / short) ** 2)
        cover = np.clip(0.5 - (away - 1) * short / canvas.sample_mm, 0, 1)
        rim = 1.0 + 0.25 * np.clip((away - 0.6) / 0.4, 0, 1)  # chromatin lies along the membrane
        window = out[low[0] : high[0], low[1] : high[1]]
        texture = 1.0 + nuclei.clumps[n] * grain[low[0] : high[0], low[1] : high[1]]
        dye = (nuclei.hematoxylin[n] * cover * rim * np.clip(texture, 0.3, 2.0)).astype(np.float32)
        window += dye * np.where(window > 0.1, 0.4, 1.0)
    return out


def _apart(place: NDArray[np.float64], radius: NDArray[np.float64], nearest: float) -> NDArray[np.intp]:
    """Return which places to keep, so that no two lie nearer than a share of the sum of their radii."""
    if len(place) < 2:
        return np.arange(len(place))
    pairs = cKDTree(place).query_pairs(2.0 * float(radius.max()), output_type="ndarray")
    close = np.linalg.norm(place[pairs[:, 0]] - place[pairs[:, 1]], axis=1) < nearest * (radius[pairs[:, 0]] + radius[pairs[:, 1]])
    dropped = np.zeros(len(place), bool)
    for first, second in pairs[close][np.argsort(pairs[close].max(axis=1), kind="stable")]:
        later, earlier = max(first, second), min(first, second)
        dropped[later] |= not dropped[earlier]
    return np.flatnonzero(~dropped)
