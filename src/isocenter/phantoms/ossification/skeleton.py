"""The bones of a hand, laid out: shafts, epiphyses, carpals, forearm; and the flesh around them.

In:   centers (schedule.py), size, pose.
Out:  parts in mm, x towards the thumb, y towards the forearm, the wrist at 0.
Not:  no attenuation (film.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.ossification.schedule import CARPALS, ROWS, Center

Array = NDArray[np.float64]


class Part(Record):
    """One piece of bone or flesh: a rod from start to end, round in cross-section."""

    name: str
    kind: str
    """shaft, epiphysis, carpal or flesh."""
    start: Array
    """(2,) mm."""
    end: Array
    radii: tuple[float, float, float]
    """Half widths at start, middle and end, mm."""
    cap: float
    """Over which length its ends are rounded, mm."""
    density: float = 1.0
    """Share of full bone."""


class Pose(Record):
    """How the hand lies."""

    spread_deg: Array
    """(5,) further angle of each ray."""
    bend_deg: Array
    """(5, 3) further angle at each joint."""


def draw_pose(p: Mapping[str, Any], rng: np.random.Generator) -> Pose:
    """Draw how fingers are spread and bent."""
    fan = p["spread_deg"] * rng.uniform(-0.6, 1.0)
    spread = fan * np.array([1.2, 0.6, 0.0, -0.6, -1.2]) + 0.25 * p["spread_deg"] * rng.normal(size=5)
    return Pose(spread_deg=spread, bend_deg=p["bend_deg"] * rng.normal(size=(5, 3)))


def build_hand(
    p: Mapping[str, Any], centers: Mapping[str, Center], pose: Pose, *, scale: float, slender: float
) -> tuple[list[Part], list[Part]]:
    """Return (bones, flesh).

    scale   : of lengths, 1 = a grown man's
    slender : of widths, beside the scale
    """
    bones: list[Part] = []
    flesh: list[Part] = []
    for ray in range(5):
        _add_ray(p, centers, pose, ray, scale, slender, bones, flesh)
    for name in CARPALS:
        x, y, wide, high = p["carpals"][name]
        bones += _blob(centers[name], np.array([x, y], float) * scale, wide * scale, high * scale)
    for name, x, r in (("radius", 7.0, 12.5), ("ulna", -14.0, 6.2)):
        _add_forearm(p, centers[name], np.array([x, 9.0]) * scale, r * scale * slender, scale, bones)
    first, second = (next(part for part in flesh if part.name == f"metacarpal_{ray}") for ray in (1, 2))
    web = (first.start + first.end) / 2, (second.start + second.end) / 2
    flesh.append(_flesh("web", web[0], web[1], 9.0 * scale, 9.0 * scale))
    wrist = p["flesh"] * 7.6 * scale
    flesh += [
        _flesh("forearm", np.array([x, -14.0]) * scale, np.array([0.9 * x, 60.0]) * scale, wrist, wrist) for x in (-11.0, 0.0, 9.0)
    ]
    return bones, flesh


def _add_ray(
    p: Mapping[str, Any], centers: Mapping[str, Center], pose: Pose, ray: int, scale: float, slender: float,
    bones: list[Part], flesh: list[Part],
) -> None:  # fmt: skip
    """Add one metacarpal and its phalanges, base to tip."""
    at = np.asarray(p["base"][ray], float) * scale
    angle = np.deg2rad(p["angle_deg"][ray] + pose.spread_deg[ray])
    joint = 0
    for row in ROWS:
        length, wide = p["length"][row][ray] * scale, p["half_width"][row][ray] * scale * slender
        if length == 0:
            continue
        if row != "metacarpal":
            angle += np.deg2rad(pose.bend_deg[ray, joint]) - (np.deg2rad(6.0) if ray == 0 else 0.0)
            joint += 1
        way = np.array([np.sin(angle), -np.cos(angle)])
        tip = at + length * way
        center = centers[f"{row}_{ray + 1}"]
        distal_end = row == "metacarpal" and ray > 0  # the only ones that grow at their far end
        bones += _growing(p, center, tip if distal_end else at, at if distal_end else tip, wide, scale, tapered=row == "distal")
        bulk = p["flesh"] * (wide + 0.4 * scale) * (1.3 if row == "metacarpal" else 1.0)
        over = 0.02 * length if row == "distal" else 0.0
        flesh.append(_flesh(f"{row}_{ray + 1}", at, tip + over * way, bulk, bulk * (0.75 if row == "distal" else 0.95)))
        if row == "metacarpal" and ray == 0:
            beside = tip + np.array([-way[1], way[0]]) * -1.25 * wide
            bones += _blob(centers["sesamoid"], beside, 2.3 * scale, 2.0 * scale)
        at = tip + p["joint_mm"] * scale * way


def _growing(
    p: Mapping[str, Any], center: Center, near: Array, far: Array, wide: float, scale: float, *, tapered: bool = False
) -> list[Part]:
    """Return the shaft of a bone, and the epiphysis at its near end if it is seen."""
    length = float(np.linalg.norm(far - near))
    way = (far - near) / length
    high = p["epiphysis_share"] * length + 0.6 * scale
    flare = 1.55 * wide
    ends = (flare, wide, (0.8 if tapered else 1.35) * wide)
    if center.fused >= 1:
        return [Part(name=center.name, kind="shaft", start=near, end=far, radii=ends, cap=0.9 * wide)]
    gap = p["gap_mm"] * scale * (1 - 0.75 * center.fused)
    foot = near + (high + gap) * way
    out = [Part(name=center.name, kind="shaft", start=foot, end=far, radii=ends, cap=0.45 * wide)]
    if center.seen:
        thick = high * (0.35 + 0.65 * center.size)
        middle = near + (high - 0.5 * thick) * way
        across = np.array([-way[1], way[0]])
        half = 0.96 * flare * center.size
        r = (0.30 * thick, 0.5 * thick, 0.30 * thick)
        out.append(
            Part(
                name=center.name,
                kind="epiphysis",
                start=middle - half * across,
                end=middle + half * across,
                radii=r,
                cap=0.3 * half,
            )
        )
    if center.fused > 0:  # bone bridges the gap from the middle outwards
        bridge = 0.9 * flare * center.fused
        out.append(
            Part(
                name=center.name, kind="shaft", start=foot - (gap + 0.3 * scale) * way, end=foot + 0.3 * scale * way,
                radii=(bridge, bridge, bridge), cap=0.1, density=center.fused,
            )
        )  # fmt: skip
    return out


def _add_forearm(p: Mapping[str, Any], center: Center, end: Array, wide: float, scale: float, bones: list[Part]) -> None:
    """Add radius or ulna: the end at the wrist, the shaft leaving the picture."""
    far = np.array([0.75 * end[0], 70.0 * scale])
    high, gap = 7.0 * scale, p["gap_mm"] * scale * (1 - 0.75 * center.fused)
    apart = center.fused < 1
    start = end + np.array([0.0, high + gap]) if apart else end
    bones.append(Part(name=center.name, kind="shaft", start=start, end=far, radii=(wide, 0.6 * wide, 0.52 * wide), cap=0.3 * wide))
    if apart and center.seen:
        half, thick = 0.96 * wide * center.size, high * (0.3 + 0.65 * center.size)
        middle = end + np.array([0.0, high - 0.5 * thick])
        across = np.array([half, 0.0])
        r = (0.35 * thick, 0.5 * thick, 0.42 * thick)
        bones.append(Part(name=center.name, kind="epiphysis", start=middle - across, end=middle + across, radii=r, cap=0.3 * half))
    if apart and center.fused > 0:
        bridge = 0.9 * wide * center.fused
        low, high_y = start - np.array([0.0, gap + 0.3 * scale]), start + np.array([0.0, 0.3 * scale])
        bones.append(
            Part(name=center.name, kind="shaft", start=low, end=high_y, radii=(bridge,) * 3, cap=0.1, density=center.fused)
        )


def _blob(center: Center, at: Array, wide: float, high: float) -> list[Part]:
    """Return a round bone, if it is seen."""
    if not center.seen:
        return []
    half, r = high * center.size, wide * center.size
    along = np.array([0.0, half])
    return [Part(name=center.name, kind="carpal", start=at - along, end=at + along, radii=(r, r, r), cap=half)]


def _flesh(name: str, start: Array, end: Array, first: float, last: float) -> Part:
    """Return soft tissue around a bone, reaching beyond its ends: the pieces of a finger join without a waist."""
    way = (end - start) / max(float(np.linalg.norm(end - start)), 1e-9)
    radii = (first, 0.5 * (first + last), last)
    return Part(name=name, kind="flesh", start=start - 0.8 * first * way, end=end + 0.8 * last * way, radii=radii, cap=0.8 * last)
