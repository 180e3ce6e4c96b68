"""A head's tissues: folded cortex, white matter, deep nuclei, fluid; where each is, at any point.

In:   ranges, a generator, an age.
Out:  Head; shares of white, gray, deep and csf at points (3, *S) mm, summing to 1 inside the hull and to 0 outside.
Not:  no lesions, no signal, no grid.

Sulci are zero sets of a random field of the direction from the center, so that they run inward from the surface; each ends at a
depth of its own. A sheet is cut between the halves and one at each side. Head coordinates: x right, y front, z up, mm, the origin
between the ventricles. Below the halves there is nothing here (no cerebellum, no brain stem, no skull).
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.brain.waves import Waves, draw_waves

Floats = NDArray[np.float32]

VENTRICLE = (
    (10.0, 34.0, 4.0, 2.5),
    (9.0, 24.0, 10.0, 5.0),
    (8.0, 4.0, 17.0, 4.8),
    (11.0, -16.0, 18.0, 5.0),
    (20.0, -32.0, 8.0, 6.0),
    (23.0, -50.0, 4.0, 2.0),
)
"""Corners (x, y, z) and radii of a side ventricle, mm; so of the others."""
HORN = ((21.0, -31.0, 6.0, 4.0), (31.0, -20.0, -8.0, 2.4), (31.0, -4.0, -17.0, 1.4))
CAUDATE = ((15.0, 25.0, 6.0, 4.2), (17.5, 8.0, 14.0, 3.8), (20.0, -12.0, 18.0, 2.0))
THALAMUS = ((11.5, -12.0, 5.0), (8.0, 14.0, 9.0))
LENTIFORM = ((26.0, 6.0, 2.0), (6.5, 17.0, 11.0))


class Head(Record):
    """One person's brain, in numbers."""

    hull_mm: tuple[float, float, float]
    power: float
    wobble: float
    outline: Waves
    folds: Waves
    depths: Waves
    warps: tuple[Waves, Waves, Waves]
    warp_mm: float
    sulcus_mm: tuple[float, float]
    gap_mm: float
    """Half the width of a sulcus."""
    cortex_mm: float
    ventricle: float
    """Factor on the ventricles' radii."""


def draw_head(p: Mapping[str, Any], rng: np.random.Generator, age: float) -> Head:
    """Return a person's brain; age widens ventricles and sulci and thins the cortex."""
    hull = [float(rng.uniform(*span)) for span in p["hull_mm"]]
    cortex = float(rng.uniform(*p["cortex_mm"])) + p["cortex_per_year"] * (age - 50.0)
    spread = float(np.exp(p["ventricle_spread"] * rng.normal()))
    return Head(
        hull_mm=(hull[0], hull[1], hull[2]),
        power=p["hull_power"],
        wobble=p["hull_wobble"],
        outline=draw_waves(rng, (60.0, 120.0), 8),
        folds=draw_waves(rng, p["fold_mm"], 14),
        depths=draw_waves(rng, (25.0, 50.0), 8),
        warps=(draw_waves(rng, (18.0, 45.0), 6), draw_waves(rng, (18.0, 45.0), 6), draw_waves(rng, (18.0, 45.0), 6)),
        warp_mm=p["fold_warp_mm"],
        sulcus_mm=(float(p["sulcus_depth_mm"][0]), float(p["sulcus_depth_mm"][1])),
        gap_mm=max(p["gap_mm"] + p["gap_per_year"] * (age - 40.0), 0.2),
        cortex_mm=cortex,
        ventricle=p["ventricle"] * spread * float(np.exp(p["ventricle_per_year"] * (age - 50.0))),
    )


def tissue_shares(head: Head, points: Floats, edge_mm: float) -> dict[str, Floats]:
    """Return the share of each tissue at points (3, *S) mm; borders are `edge_mm` wide."""
    depth, pial = cortex_depths(head, points)
    inside = step(depth, edge_mm)
    half = np.stack([np.abs(points[0]), points[1], points[2]])
    hollow = np.minimum(_ventricles(head, half), _third(head, points))
    fluid = np.maximum(step(-pial, edge_mm) * step(hollow, edge_mm), step(-hollow, edge_mm))
    nuclei = step(-_nuclei(half), edge_mm) * (1 - fluid)
    gray = step(head.cortex_mm - pial, edge_mm) * (1 - fluid) * (1 - nuclei) * step(hollow - 3.0, edge_mm)
    white = (1 - fluid - nuclei - gray).clip(0)
    return {name: np.asarray(s * inside, np.float32) for name, s in
            (("white", white), ("gray", gray), ("deep", nuclei), ("csf", fluid))}  # fmt: skip


def cortex_depths(head: Head, points: Floats) -> tuple[Floats, Floats]:
    """Return depth below the hull, and distance from the nearest surface of the cortex (below 0: in a sulcus), both (*S) mm."""
    sway = head.outline.at(points)
    rho = np.zeros(points.shape[1:], np.float32)
    for axis, half in enumerate(head.hull_mm):
        rho += np.abs(points[axis] / np.float32(half)) ** np.float32(head.power)
    rho = rho ** np.float32(1 / head.power) * (1 + np.float32(head.wobble) * sway)
    far = np.sqrt((points**2).sum(0))
    depth = (1 / np.maximum(rho, 0.05) - 1) * np.maximum(far, 1.0)
    shrink = np.maximum(rho, np.float32(0.3)) ** np.float32(0.75)
    bend = np.stack([warp.at(points) for warp in head.warps])
    surface = np.asarray((points + np.float32(head.warp_mm) * bend) / shrink, np.float32)  # most of the way out to the hull
    field, slope = head.folds.with_slope(surface)
    aside = np.abs(field) / np.maximum(slope, np.float32(0.12)) * shrink
    low, high = head.sulcus_mm
    reach = (low + high) / 2 + (high - low) / 4 * head.depths.at(surface)
    sulcus = np.hypot(aside, np.maximum(depth - reach.clip(low, high), 0))
    x, y, z = points
    under = np.maximum((1 - np.sqrt((y / 46) ** 2 + ((z - 2) / 27) ** 2)) * 27, 0)
    between = np.hypot(x + sway + np.float32(0.8) * bend[0], under)
    inward = np.hypot(np.maximum(40 - np.abs(x), 0), np.maximum(np.abs(y - 4) - 30, 0))
    sideways = np.hypot(z - 0.25 * y + 3 + 3 * sway + bend[1], inward)
    cleft = np.minimum(np.minimum(sulcus, between), sideways)
    pial = np.minimum(depth - np.float32(2 * head.gap_mm), cleft - np.float32(head.gap_mm))
    return np.asarray(depth, np.float32), np.asarray(pial, np.float32)


def step(distance: NDArray[np.floating[Any]], edge_mm: float) -> Floats:
    """Return 1 where a signed distance is above 0, 0 below, with a ramp `edge_mm` wide."""
    return np.asarray(np.clip(distance / np.float32(edge_mm) + np.float32(0.5), 0, 1), np.float32)


def tube_distance(points: Floats, line: Sequence[Sequence[float]], factor: float = 1.0) -> Floats:
    """Return the distance (*S) mm from a winding tube, below 0 inside. line: (x, y, z, radius) mm; factor: on the radii."""
    best = np.full(points.shape[1:], np.float32(1e6))
    corners = np.asarray(line, np.float32)
    for start, end in pairwise(corners):
        way = end[:3] - start[:3]
        offset = points - start[:3].reshape(3, *(1,) * (points.ndim - 1))
        t = np.clip(np.tensordot(way, offset, 1) / max(float(way @ way), 1e-9), 0, 1)
        gap = np.sqrt(((offset - way.reshape(3, *(1,) * (points.ndim - 1)) * t) ** 2).sum(0))
        np.minimum(best, gap - np.float32(factor) * (start[3] + t * (end[3] - start[3])), out=best)
    return best


def ball_distance(points: Floats, center: Sequence[float], half_mm: Sequence[float]) -> Floats:
    """Return about the distance (*S) mm from an ellipsoid, below 0 inside."""
    shape = (3, *(1,) * (points.ndim - 1))
    offset = points - np.asarray(center, np.float32).reshape(shape)
    scaled = np.sqrt(((offset / np.asarray(half_mm, np.float32).reshape(shape)) ** 2).sum(0))
    return np.asarray((1 - 1 / np.maximum(scaled, 0.05)) * np.maximum(np.sqrt((offset**2).sum(0)), 0.5), np.float32)


def _ventricles(head: Head, half: Floats) -> Floats:
    """Return the distance from the side ventricles, |x| given for x."""
    return np.minimum(tube_distance(half, VENTRICLE, head.ventricle), tube_distance(half, HORN, head.ventricle))


def _third(head: Head, points: Floats) -> Floats:
    """Return the distance from the slit between the thalami."""
    return ball_distance(points, (0.0, -6.0, 0.0), (2.2 * head.ventricle, 14.0, 9.0))


def _nuclei(half: Floats) -> Floats:
    """Return the distance from caudate, thalamus and lentiform nucleus, |x| given for x."""
    return np.minimum(np.minimum(tube_distance(half, CAUDATE), ball_distance(half, *THALAMUS)), ball_distance(half, *LENTIFORM))
