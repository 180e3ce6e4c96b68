"""Perivascular spaces and what looks like them: who has how many, where they run, which voxels they fill.

In:   a head, a region, an age, a generator.
Out:  Spaces (winding tubes), Mimics (lacunes and white matter lesions); occupancy and labels on a grid.
Not:  no signal, no readers.

Enlarged spaces lie far enough apart for each to be an object of its own in the mask, at every grade: counts are of what was placed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from isocenter.core.record import Record
from isocenter.phantoms.brain.head import Head
from isocenter.phantoms.brain.regions import region_tissue, run_of

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
BEADS = 9
"""Points of a space's center line."""


class Space(Record):
    """A tube of fluid around a vessel."""

    line: Array
    """(BEADS, 3) mm in the head."""
    diameter_mm: float

    @property
    def center(self) -> Array:
        """The middle of its line, (3,) mm."""
        return np.asarray(self.line[BEADS // 2], np.float64)


class Mimic(Record):
    """What is bright and is no perivascular space."""

    kind: str
    """lacune or wml."""
    center: Array
    diameter_mm: float


def how_many(p: Mapping[str, Any], region: str, age: float, ill: bool, rng: np.random.Generator) -> int:
    """Draw the number of enlarged spaces: negative binomial, rising with age and with small vessel disease."""
    mean = p["regions"][region]["mean"] * np.exp(p["per_year"] * (age - 65.0)) * (p["disease_factor"] if ill else 1.0)
    return min(int(rng.poisson(mean * rng.gamma(p["dispersion"], 1 / p["dispersion"]))), int(p["most"]))


def place_spaces(p: Mapping[str, Any], head: Head, region: str, wanted: int, rng: np.random.Generator) -> list[Space]:
    """Place up to `wanted` enlarged spaces, apart from one another; fewer when there is no room."""
    low, high = p["diameter_mm"]
    lines = _candidates(p, head, region, rng, 25 * wanted + 40 if wanted else 0)
    diameters = low + (high - low) * rng.beta(p["diameter_beta"][0], p["diameter_beta"][1], len(lines))
    apart = np.asarray(p["regions"][region]["voxel_mm"]) * p["apart_voxels"]
    kept: list[Space] = []
    for line, diameter in zip(lines, diameters, strict=True):
        if len(kept) == wanted:
            break
        if all(_apart(line, other.line, (diameter + other.diameter_mm) / 2, apart) for other in kept):
            kept.append(Space(line=line, diameter_mm=float(diameter)))
    return kept


def place_thin(p: Mapping[str, Any], head: Head, region: str, rng: np.random.Generator) -> list[Space]:
    """Place spaces that are not enlarged: seen as faint threads, not counted."""
    number = int(rng.poisson(p["regions"][region]["thin"]))
    lines = _candidates(p, head, region, rng, 4 * number + 8)[:number]
    return [Space(line=line, diameter_mm=float(rng.uniform(*p["thin_diameter_mm"]))) for line in lines]


def place_mimics(
    p: Mapping[str, Any], head: Head, region: str, ill: bool, spaces: Sequence[Space], rng: np.random.Generator
) -> list[Mimic]:
    """Place lacunes and white matter lesions in the region, clear of the enlarged spaces."""
    factor = p["mimic_factor"] if ill else 1.0
    voxel = float(max(p["regions"][region]["voxel_mm"]))
    mimics: list[Mimic] = []
    for kind, mean, span in (("lacune", p["lacunes"], p["lacune_mm"]), ("wml", p["white_lesions"], p["white_lesion_mm"])):
        number = int(rng.poisson(mean * factor))
        tries = _candidates(p, head, region, rng, 12 * number)[:, BEADS // 2]
        for center in tries:
            if number == 0:
                break
            diameter = float(rng.uniform(*span))
            far = [np.linalg.norm(s.line - center, axis=1).min() - (s.diameter_mm + diameter) / 2 for s in spaces]
            far += [float(np.linalg.norm(m.center - center)) - (m.diameter_mm + diameter) / 2 for m in mimics]
            if all(gap > 2 * voxel for gap in far):
                mimics.append(Mimic(kind=kind, center=center, diameter_mm=diameter))
                number -= 1
    return mimics


def fill_tube(points: Floats, voxel_mm: Sequence[float], space: Space) -> tuple[tuple[slice, ...], Floats] | None:
    """Return the window of a grid a tube lies in, and how much of each voxel there it fills (3 x 3 x 3 samples a voxel).

    points : (3, X, Y, Z) mm, centers of voxels; a grid whose axes are nearly the head's
    return : None when the tube lies off the grid
    """
    radius = space.diameter_mm / 2
    window = _window(points, space.line.min(0) - radius - 1.0, space.line.max(0) + radius + 1.0, voxel_mm)
    if window is None:
        return None
    local = points[(slice(None), *window)].reshape(3, -1).T  # (N, 3)
    size = np.asarray(voxel_mm, np.float64)
    beads = cKDTree(_dense(space.line, max(int(np.ceil(np.ptp(space.line, axis=0).sum() / 0.1)), 2)))
    reach = float(np.linalg.norm(size)) / 2
    far = beads.query(local)[0] - radius
    share = (far <= 0).astype(np.float32)
    border = np.flatnonzero(np.abs(far) <= reach)
    parts = (np.stack(np.meshgrid(*[[-1, 0, 1]] * 3, indexing="ij"), -1).reshape(1, -1, 3)) * size / 3  # (1, 27, 3)
    near = beads.query(local[border][:, None] + parts)[0] - radius  # (M, 27)
    share[border] = np.clip(0.5 - near / (float(size.max()) / 3), 0, 1).mean(1)
    shape = tuple(span.stop - span.start for span in window)
    return window, np.asarray(share.reshape(shape), np.float32)


def _candidates(p: Mapping[str, Any], head: Head, region: str, rng: np.random.Generator, number: int) -> Array:
    """Return center lines (N, BEADS, 3) that lie inside the region all along, N <= number."""
    held = p["regions"][region]
    half = np.asarray(held["shape"]) * np.asarray(held["voxel_mm"]) / 2 - (p["shift_mm"] + 3.0)
    centers = np.asarray(held["center_mm"]) + half * rng.uniform(-1, 1, (4 * number, 3))
    ways = run_of(region, np.asarray(centers, np.float32), rng)
    lengths = rng.uniform(held["length_mm"][0], held["length_mm"][1], len(centers))
    aside = np.cross(ways, rng.normal(size=ways.shape))
    aside /= np.maximum(np.linalg.norm(aside, axis=1, keepdims=True), 1e-9)
    t = np.linspace(-0.5, 0.5, BEADS)
    bow = 0.10 * rng.uniform(-1, 1, len(centers)) * lengths
    along = (t[None] * lengths[:, None])[..., None] * ways[:, None]
    lines = centers[:, None] + along + ((0.25 - t**2)[None] * 4 * bow[:, None])[..., None] * aside[:, None]
    lines = lines[(np.abs(lines - np.asarray(held["center_mm"])).max(1) < half).all(1)]
    if not len(lines):
        return np.zeros((0, BEADS, 3))
    ends = np.asarray(lines[:, :: BEADS // 2].reshape(-1, 3).T, np.float32)
    _, share = region_tissue(head, region, ends, 1.0)
    return np.asarray(lines[(share.reshape(len(lines), -1) > 0.9).all(1)][:number], np.float64)


def _apart(a: Array, b: Array, radii: float, apart: Array) -> bool:
    """Tell whether two tubes keep, at every pair of points, the distance asked for along at least one axis."""
    boxes = np.maximum(a.min(0) - b.max(0), b.min(0) - a.max(0))
    if ((boxes - radii) / apart >= 1).any():
        return True
    gap = (np.abs(_dense(a, 4 * BEADS)[:, None] - _dense(b, 4 * BEADS)[None]) - radii) / apart
    return bool((gap.max(-1) >= 1).all())


def _dense(line: Array, number: int) -> Array:
    """Return points (number, 3) along a center line."""
    at = np.linspace(0, BEADS - 1, number)
    return np.stack([np.interp(at, np.arange(BEADS), line[:, k]) for k in range(3)], 1)


def _window(points: Floats, low: Array, high: Array, voxel_mm: Sequence[float]) -> tuple[slice, ...] | None:
    """Return the smallest box of a grid that holds all voxels between two corners."""
    margin = np.asarray(voxel_mm)
    inside = np.ones(points.shape[1:], bool)
    for axis in range(3):
        inside &= (points[axis] >= low[axis] - margin[axis]) & (points[axis] <= high[axis] + margin[axis])
    if not inside.any():
        return None
    spans = []
    for axis in range(3):
        held = np.flatnonzero(inside.any(tuple(k for k in range(3) if k != axis)))
        spans.append(slice(int(held[0]), int(held[-1]) + 1))
    return tuple(spans)
