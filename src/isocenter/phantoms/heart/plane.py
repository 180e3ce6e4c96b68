"""One plane through heart and chest: its signal, and which class each point belongs to.

In:   ventricles, surroundings, a plane of points, its height, the state of contraction.
Out:  signal (*S); shares of cavity, myocardium and right ventricle (*S).
Not:  no scan (the phantoms themselves), no timing.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record
from isocenter.phantoms.brain.head import step
from isocenter.phantoms.brain.waves import Floats, Waves
from isocenter.phantoms.heart.chest import Chest
from isocenter.phantoms.heart.ventricles import Around, Depths, Ventricles, around_of, depths_in

CLASSES = ("background", "cavity", "myocardium", "right_ventricle")
"""Left cavity with papillary muscles, left myocardium, right cavity."""


class Plane(Record):
    """Points of one plane, and what is there whatever the heart does. Of the points within the window, all but `background`."""

    window: tuple[slice, slice]
    """Where the heart may be."""
    x: Floats
    y: Floats
    around: Around
    background: Floats
    """Signal without the heart (X, Y), everywhere."""
    grain: Floats
    """Factor on the signal: tissue is uneven."""
    fat: Floats
    """Thickness of the pericardial fat at each point, mm."""
    flow: Waves
    edge_mm: float


def prepare(
    p: Mapping[str, Any], heart: Ventricles, chest: Chest, flow: Waves, x: Floats, y: Floats, background: Floats, edge_mm: float
) -> Plane:  # fmt: skip
    """Return a plane of points with what does not move."""
    left, right_x, right = heart.reach_mm
    room = chest.fat_around + 3 * edge_mm
    near = (np.hypot(x, y) < left + room) | (np.hypot(x - right_x, y) < right + room)
    columns, rows = (np.flatnonzero(near.any(axis)) for axis in (1, 0))
    window = slice(int(columns[0]), int(columns[-1]) + 1), slice(int(rows[0]), int(rows[-1]) + 1)
    x, y = x[window], y[window]
    points = np.stack([x, y, np.zeros_like(x)])
    grain = 1 + np.float32(p["grain"]) * chest.fine.at(points)
    fat = chest.fat_around * np.clip(0.4 + 0.5 * chest.patches.at(points), 0, 1)
    return Plane(
        window=window, x=x, y=y, around=around_of(heart, np.arctan2(y, x)), background=background,
        grain=np.asarray(grain, np.float32), fat=np.asarray(fat, np.float32), flow=flow, edge_mm=edge_mm,
    )  # fmt: skip


def shares_of(depths: Depths, edge_mm: float) -> dict[str, Floats]:
    """Return the share of each point that is of each class; they add up to at most 1."""
    cavity, wall = step(depths.cavity, edge_mm), step(depths.wall, edge_mm)
    return {
        "cavity": cavity,
        "myocardium": np.asarray(wall * (1 - cavity), np.float32),
        "right_ventricle": np.asarray(step(depths.right, edge_mm) * (1 - wall), np.float32),
    }


def labels_of(shares: Mapping[str, Floats]) -> Floats:
    """Return class indices (*S): the class that more than half of a point, or most of it, belongs to."""
    stack = np.stack([shares[name] for name in CLASSES[1:]])
    best = stack.argmax(0) + 1
    return np.asarray(np.where(stack.sum(0) >= 0.5, best, 0), np.uint8)


def plane_shares(plane: Plane, heart: Ventricles, height_mm: float, out: float) -> dict[str, Floats]:
    """Return the shares (X, Y) at a height above the apex, at a state of contraction."""
    found = shares_of(depths_in(heart, plane.x, plane.y, plane.around, height_mm, out), plane.edge_mm)
    return {name: _whole(plane, np.zeros_like(plane.background), share) for name, share in found.items()}


def plane_signal(
    p: Mapping[str, Any], plane: Plane, heart: Ventricles, height_mm: float, out: float, when: float, signals: Mapping[str, float]
) -> Floats:  # fmt: skip
    """Return the signal (X, Y) at a height above the apex, at a state of contraction.

    when : share of the beat that has passed; the blood's uneven look wanders with it and comes back
    """
    depths = depths_in(heart, plane.x, plane.y, plane.around, height_mm, out)
    shares, edge = shares_of(depths, plane.edge_mm), plane.edge_mm
    points = np.stack([plane.x, plane.y, np.full_like(plane.x, height_mm + 15 * np.sin(2 * np.pi * when))])
    blood = np.float32(signals["blood"]) * (1 + np.float32(p["flow"]) * plane.flow.at(points))
    total = plane.background[plane.window]

    def put(value: Floats | np.float32, share: Floats) -> None:
        nonlocal total
        total = np.asarray(total + (value - total) * share, np.float32)

    around = np.maximum(np.maximum(depths.wall, depths.right_wall), depths.atrium)
    put(np.float32(signals["fat"]), step(around + plane.fat, edge) * step(plane.fat - 1.5, edge))
    put(np.float32(signals["muscle"]), step(around + 1.5, edge))  # pericardium and thin walls
    put(np.float32(signals["myocardium"]), step(depths.right_wall, edge))
    put(blood, shares["right_ventricle"])
    put(blood, step(depths.atrium, edge))
    put(np.float32(signals["myocardium"]), np.asarray(shares["cavity"] + shares["myocardium"], np.float32))
    put(blood, shares["cavity"])
    put(np.float32(signals["myocardium"]), np.asarray(step(depths.papillary, edge) * shares["cavity"], np.float32))
    return _whole(plane, plane.background, np.asarray(total * plane.grain, np.float32))


def _whole(plane: Plane, outside: Floats, inside: Floats) -> Floats:
    """Return the plane (X, Y) with what is in its window put in place."""
    out = outside.copy()
    out[plane.window] = inside
    return out
