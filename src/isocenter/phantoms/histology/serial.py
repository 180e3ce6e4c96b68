"""The next section of a block: where it lies on its glass, and what of it is left.

In:   an Anatomy on its canvas, parameters, generators.
Out:  Placing (which place of the first section every sample of the second one shows); the second section's Anatomy.
Not:  no nuclei, no dyes.

The map runs from the second section to the first, where it is known for every sample; from the first to the second it is known at
the places of landmarks alone.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from isocenter.core.errors import PlanError, unknown
from isocenter.core.record import Record
from isocenter.phantoms.histology.anatomy import GLASS, Anatomy
from isocenter.phantoms.retina.paint import Array, Canvas, smooth_field


class Placing(Record):
    """How the second section lies."""

    x: Array
    """(N, N) um about the middle: where on the first section the sample is from."""
    y: Array
    kept: NDArray[np.bool_]
    """(N, N): False in a tear and where a piece is missing."""
    turn_deg: float
    shift_um: tuple[float, float]
    warp_um: float
    """Standard deviation of the warp along either axis."""
    damage: str


def place(p: Mapping[str, Any], canvas: Canvas, rng: np.random.Generator, *, damage: str | None, warp: float) -> Placing:
    """Draw a placing.

    damage : none, tear, missing; None = drawn. PlanError for another.
    warp   : factor of the warp; 0 = rigid
    """
    names = p["damages"]
    drawn = names[int(rng.integers(len(names)))]
    chosen = drawn if damage is None else damage
    if chosen not in names:
        raise PlanError(unknown("damage", str(chosen), names))
    side = canvas.side_mm
    turn = float(rng.uniform(-p["turn_deg"], p["turn_deg"]))
    shift = rng.uniform(-p["shift_share"], p["shift_share"], 2) * side
    length, sd = p["warp"]["length_share"] * side, float(rng.uniform(*p["warp"]["sd_share"])) * side * warp
    bend = [sd * smooth_field(canvas, rng, length, side_mm=side) for _ in range(2)]
    x, y = np.meshgrid(canvas.centers, canvas.centers, indexing="ij")
    shut_x, shut_y, open_ = _tear(p, canvas, rng, shift) if chosen == "tear" else (x, y, np.zeros(x.shape, bool))
    x, y = shut_x + bend[0] - shift[0], shut_y + bend[1] - shift[1]
    c, s = np.cos(np.deg2rad(turn)), np.sin(np.deg2rad(turn))
    from_x, from_y = c * x + s * y, c * y - s * x  # turned back
    lost = _missing(p, canvas, rng, shift) if chosen == "missing" else np.zeros(x.shape, bool)
    return Placing(
        x=np.asarray(from_x, np.float32), y=np.asarray(from_y, np.float32), kept=~(open_ | lost), turn_deg=turn,
        shift_um=(float(shift[0]), float(shift[1])), warp_um=sd, damage=chosen,
    )  # fmt: skip


def cut(p: Mapping[str, Any], canvas: Canvas, anatomy: Anatomy, placing: Placing, rng: np.random.Generator) -> Anatomy:
    """Return the second section: the first one's tissue at its places, but a few um deeper."""
    d = p["deeper"]
    moved = [d["sd"] * smooth_field(canvas, rng, d["length"], side_mm=canvas.side_mm) for _ in range(2)]
    index = [(at + by) / canvas.sample_mm + canvas.size / 2 - 0.5 for at, by in zip((placing.x, placing.y), moved, strict=True)]

    def taken(samples: NDArray[Any], order: int) -> NDArray[Any]:
        return np.asarray(ndimage.map_coordinates(samples, index, order=order, cval=0))

    kind = np.where(placing.kept, taken(anatomy.kind, 0), GLASS).astype(np.uint8)
    region = taken(anatomy.region.astype(np.uint8), 0).astype(bool) & (kind != GLASS)
    return Anatomy(kind=kind, region=region, fibers=np.asarray(taken(anatomy.fibers, 1), np.float32))


def landmarks(
    p: Mapping[str, Any], canvas: Canvas, first: Anatomy, second: Anatomy, placing: Placing, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the same places on both sections, (M, 2) um about the middle each; tissue on both, and apart."""
    shown = np.flatnonzero(second.kind != GLASS)
    most, apart = int(p["landmarks"]["count"]), p["landmarks"]["apart_share"] * canvas.side_mm
    found: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for n in rng.permutation(shown)[: 50 * most]:
        i, j = np.unravel_index(int(n), second.kind.shape)
        there = np.array([canvas.centers[i], canvas.centers[j]])
        here = np.array([float(placing.x[i, j]), float(placing.y[i, j])])
        k = np.floor(here / canvas.sample_mm + canvas.size / 2).astype(int)
        if (k < 0).any() or (k >= canvas.size).any() or first.kind[k[0], k[1]] == GLASS:
            continue
        if all(np.linalg.norm(there - other) > apart for _, other in found):
            found.append((here, there))
        if len(found) == most:
            break
    empty = np.zeros((0, 2))
    return (np.stack([f for f, _ in found]), np.stack([m for _, m in found])) if found else (empty, empty)


def _tear(
    p: Mapping[str, Any], canvas: Canvas, rng: np.random.Generator, middle: NDArray[np.float64]
) -> tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.bool_]]:
    """Return places as they were before a wedge opened from a point outwards, and where it gapes."""
    side = canvas.side_mm
    angle, width = rng.uniform(0, 2 * np.pi), rng.uniform(*p["tear"]["width_share"]) * side
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    x, y = np.meshgrid(canvas.centers - middle[0], canvas.centers - middle[1], indexing="ij")
    s, d = x * along[0] + y * along[1], x * across[0] + y * across[1]
    gap = width / 2 * np.clip(s / (0.5 * side), 0, 1)  # half its width there
    beyond = np.abs(d) - gap
    reach = p["tear"]["reach_share"] * side
    shut = -np.sign(d) * gap * np.exp(-np.maximum(beyond, 0) / reach)
    x, y = np.meshgrid(canvas.centers, canvas.centers, indexing="ij")
    return x + shut * across[0], y + shut * across[1], np.asarray((beyond < 0) & (gap > 0))


def _missing(p: Mapping[str, Any], canvas: Canvas, rng: np.random.Generator, middle: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return a bite out of the border."""
    angle, radius = rng.uniform(0, 2 * np.pi), rng.uniform(*p["missing"]["radius_share"]) * canvas.side_mm
    center = middle + 0.27 * canvas.side_mm * np.array([np.cos(angle), np.sin(angle)])
    return np.asarray(np.hypot(canvas.centers[:, None] - center[0], canvas.centers[None] - center[1]) < radius)
