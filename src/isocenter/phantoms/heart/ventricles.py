"""Two ventricles: shape at end diastole, and what contraction makes of it, plane by plane.

In:   parameters, generators; a plane of points, its height, the state of contraction.
Out:  Ventricles; signed depths of what lies in the plane; volumes.
Not:  no timing (beat.py), no signal (signal.py), nothing around the heart (chest.py).

The left ventricle is half an ellipsoid whose apex stays and whose base comes down; its wall keeps its volume, and so thickens as
the cavity shrinks. A scar contracts less. Papillary muscles and trabeculae belong to the cavity, as they are usually outlined. The
right ventricle is what an ellipse leaves beside the left one. Above the base there is an atrium, which is neither.
Coordinates, mm: x to the patient's right (where the right ventricle is), y to the front, z from the apex to the base.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record

Floats = NDArray[np.float32]
_ANGLES = np.linspace(-np.pi, np.pi, 181)[:-1]


class Around(Record):
    """What depends on the angle around the left ventricle's axis alone, at some points (*S)."""

    waves: NDArray[Any]
    """Of the wall."""
    rough: NDArray[Any]
    """Of the cavity's border, by trabeculae."""
    moved: NDArray[Any]
    """Share of the radius lost to end systole."""


class Ventricles(Record):
    """One person's ventricles, mm at end diastole."""

    radius_mm: float
    """Of the left cavity at its base."""
    length_mm: float
    """Of the left cavity."""
    wall_mm: float
    apex_wall: float
    """Thickness at the apex over that of the rest."""
    waves: tuple[tuple[float, ...], ...]
    """(n, 3): order, phase and height of the waves of the wall around the cavity."""
    trabeculae: tuple[tuple[float, ...], ...]
    """Likewise, of the cavity's border alone."""
    shortening: float
    """How much the radius loses to end systole."""
    descent: float
    """How much the length loses."""
    scar: tuple[float, float, float]
    """Where its middle is (rad), half its width (rad), how much of the shortening is lost; a loss of 0 = no scar."""
    papillary: tuple[tuple[float, float, float], ...]
    """(2, 3): angle, place as a share of the radius, radius in mm."""
    papillary_level: tuple[float, float]
    """Between which shares of the length."""
    right: tuple[float, float, float, float]
    """The right ventricle's half axes across and along over the left radius, its offset likewise, and its turn (rad)."""
    right_shortening: float
    right_apex: float
    """Where it ends, as a share of the left's length."""
    right_wall_mm: float
    atrium: float
    """Radius above the base, over that of the base."""

    def endocardium(self, level: NDArray[Any], around: "Around", out: float) -> NDArray[Any]:
        """Return the radius of the left cavity, without trabeculae: level 0 at the apex, 1 at the base."""
        steady = np.sqrt(np.clip(1 - (1 - np.clip(level, 0, 1)) ** 2, 0, 1))
        return np.asarray(self.radius_mm * steady * (1 + around.waves) * (1 - around.moved * out))

    def epicardium(self, level: NDArray[Any], around: "Around", out: float) -> NDArray[Any]:
        """Return the outer radius: the wall's volume above each part of the cavity stays as it was at end diastole."""
        outer = self.length_mm + self.apex_wall * self.wall_mm
        down = (1 - np.minimum(level, 1)) * self.length_mm / outer
        still = (self.radius_mm + self.wall_mm) * np.sqrt(np.clip(1 - down**2, 0, 1)) * (1 + around.waves)
        wall = still**2 - self.endocardium(level, around, 0.0) ** 2
        return np.asarray(np.sqrt(self.endocardium(level, around, out) ** 2 + wall / (1 - self.descent * out * (level > 0))))

    def moved(self, angle: NDArray[Any]) -> NDArray[Any]:
        """Return the share of the radius lost to end systole at each angle."""
        middle, half, lost = self.scar
        away = np.abs(np.angle(np.exp(1j * (angle - middle))))
        return np.asarray(self.shortening * (1 - lost * np.clip((half - away) / 0.35 + 0.5, 0, 1)))

    @property
    def reach_mm(self) -> tuple[float, float, float]:
        """Return what the heart keeps within: the radius about its axis, and place and radius of a disk around the right one."""
        across, along, offset, _ = self.right
        right = self.radius_mm * max(across, along) + self.right_wall_mm
        return max(self.radius_mm + self.wall_mm, self.radius_mm * 1.2) * 1.12, self.radius_mm * offset, right

    def volume_ml(self, out: float) -> float:
        """Return the volume of the left cavity, papillary muscles included, trabeculae smoothed over."""
        level = (np.arange(60) + 0.5) / 60
        radius = self.endocardium(level[:, None], around_of(self, _ANGLES), out)
        return float((radius**2).mean() * np.pi * self.length_mm * (1 - self.descent * out) / 1000)

    @property
    def ejection_fraction(self) -> float:
        """Return the share of the end-diastolic volume that is ejected."""
        return 1 - self.volume_ml(1.0) / self.volume_ml(0.0)


class Depths(Record):
    """Signed depths in one plane (*S), mm, above 0 inside."""

    cavity: Floats
    wall: Floats
    """Inside the epicardium; the cavity lies in it."""
    papillary: Floats
    atrium: Floats
    right: Floats
    """The right cavity, where the left ventricle is not."""
    right_wall: Floats
    """Inside the right ventricle's outer border."""


def draw_ventricles(
    p: Mapping[str, Any], rng: np.random.Generator, ill: np.random.Generator, sex: str, *, failing: bool
) -> Ventricles:
    """Draw the ventricles of a person (rng), and what is wrong with them (ill)."""
    of = 0 if sex == "F" else 1
    radius, length, wall = (p[name][of][0] + p[name][of][1] * float(rng.normal()) for name in ("radius_mm", "length_mm", "wall_mm"))
    waves = [(2.0, float(rng.uniform(0, 2 * np.pi)), p["oval"] * float(rng.uniform(0.2, 1)))]
    waves += [(float(k), float(rng.uniform(0, 2 * np.pi)), p["wobble"] * float(rng.normal()) / k) for k in (3, 4, 5)]
    rough = [(float(k), float(rng.uniform(0, 2 * np.pi)), p["trabeculae"] * float(rng.normal())) for k in range(8, 15)]
    papillary = tuple(
        (float(np.deg2rad(deg + 12 * rng.normal())), float(rng.uniform(*p["papillary_at"])), float(rng.uniform(*p["papillary_mm"])))
        for deg in p["papillary_deg"]
    )
    right = (*(float(rng.uniform(*p[f"right_{name}"])) for name in ("across", "along", "offset")),
             float(np.deg2rad(rng.uniform(*p["right_turn_deg"]))))  # fmt: skip
    healthy, poor = float(ill.uniform(*p["ejection"])), float(ill.uniform(*p["ejection_ill"]))
    wider, scarred = float(ill.uniform(*p["dilated"])), bool(ill.random() < p["share_scar"])
    middle, half, lost = (
        float(ill.uniform(-np.pi, np.pi)),
        float(np.deg2rad(ill.uniform(*p["scar_deg"]))) / 2,
        float(ill.uniform(*p["scar_lost"])),
    )
    ejection, factor = (poor, wider) if failing else (healthy, 1.0)
    descent = p["long_axis_share"] * ejection
    drawn = Ventricles(
        radius_mm=radius * factor, length_mm=length * factor**0.5, wall_mm=wall * factor**-0.3, apex_wall=p["apex_wall"],
        waves=tuple(waves), trabeculae=tuple(rough), shortening=0.0, descent=descent,
        scar=(middle, half, lost if failing and scarred else 0.0), papillary=papillary,
        papillary_level=(p["papillary_level"][0], p["papillary_level"][1]), right=(right[0], right[1], right[2], right[3]),
        right_shortening=p["right_shortening"] * ejection / 0.6, right_apex=p["right_apex"], right_wall_mm=p["right_wall_mm"],
        atrium=p["atrium"],
    )  # fmt: skip
    return _emptied(drawn, ejection)


def _emptied(heart: Ventricles, ejection: float) -> Ventricles:
    """Return the ventricles with the shortening that ejects this much (or, with a large scar, as much as can be)."""
    low, high = 0.0, 0.75
    for _ in range(30):
        middle = (low + high) / 2
        enough = _with(heart, middle).ejection_fraction >= ejection
        low, high = (low, middle) if enough else (middle, high)
    return _with(heart, (low + high) / 2)


def _with(heart: Ventricles, shortening: float) -> Ventricles:
    return dataclasses.replace(heart, shortening=shortening)


def around_of(heart: Ventricles, angle: NDArray[Any]) -> Around:
    """Return what depends on the angle alone; worked out once for points that are looked at often."""
    return Around(waves=_waves(heart.waves, angle), rough=_waves(heart.trabeculae, angle), moved=heart.moved(angle))


def depths_in(heart: Ventricles, x: Floats, y: Floats, around: Around, height_mm: float, out: float) -> Depths:
    """Return what lies in a plane of points (*S) at a height above the cavity's apex, at a state of contraction.

    x, y : mm from the axis of the left ventricle
    out  : 0 at end diastole, 1 at end systole
    """
    level = np.asarray(height_mm / (heart.length_mm * (1 - heart.descent * out)), np.float32)
    away = np.hypot(x, y)
    inner, outer = heart.endocardium(level, around, out), heart.epicardium(level, around, out)
    rough = inner * (1 + around.rough * (1 + out))  # what hangs inside is pressed together
    nowhere = np.full(x.shape, np.float32(-99))
    inside = 0 < level <= 1
    right, right_wall = _right(heart, x, y, float(level), out, outer - away)
    return Depths(
        cavity=_single(rough - away) if inside else nowhere,
        wall=_single(outer - away) if level <= 1 else nowhere,
        papillary=_papillary(heart, x, y, inner, float(level), out) if inside else nowhere,
        atrium=_single(heart.atrium * heart.radius_mm * (1 + 0.15 * out) - away) if level > 1 else nowhere,
        right=right,
        right_wall=right_wall,
    )


def _papillary(heart: Ventricles, x: Floats, y: Floats, inner: NDArray[Any], level: float, out: float) -> Floats:
    """Return the depth in the papillary muscles, which come closer and thicker."""
    low, high = heart.papillary_level
    taper = float(np.clip(min(level - low, high - level) / 0.08, -1, 1))
    best = np.full(x.shape, np.float32(-99))
    for angle, share, radius in heart.papillary:
        at = share * float(np.mean(inner)) * (1 - 0.1 * out)
        thick = radius * (1 + 0.12 * out) * taper
        best = np.maximum(best, _single(thick - np.hypot(x - at * np.cos(angle), y - at * np.sin(angle))))
    return best


def _right(heart: Ventricles, x: Floats, y: Floats, level: float, out: float, left: NDArray[Any]) -> tuple[Floats, Floats]:
    """Return the depths in the right cavity and in its outer border; left: depth inside the left epicardium."""
    across, along, offset, turn = heart.right
    up = float(np.clip((level - heart.right_apex) / (1 - heart.right_apex), 0, 1))
    taper = np.sqrt(1 - (1 - up) ** 2)
    if taper < 0.05:
        return np.full(x.shape, np.float32(-99)), np.full(x.shape, np.float32(-99))
    scale = heart.radius_mm * taper
    half_x, half_y = scale * across * (1 - heart.right_shortening * out), scale * along * (1 - 0.5 * heart.right_shortening * out)
    middle = heart.radius_mm * (0.35 + 0.65 * taper) * offset * (1 - 0.5 * heart.right_shortening * out)
    u = np.cos(turn) * x + np.sin(turn) * y - middle
    v = np.cos(turn) * y - np.sin(turn) * x
    depth = (1 - np.hypot(u / half_x, v / half_y)) * min(half_x, half_y)
    return _single(np.minimum(depth, -left)), _single(depth + heart.right_wall_mm)


def _waves(waves: Sequence[Sequence[float]], angle: NDArray[Any]) -> NDArray[Any]:
    """Return the sum of waves around the axis."""
    total = np.zeros_like(angle)
    for order, phase, height in waves:
        total += height * np.cos(order * angle + phase)
    return total


def _single(values: NDArray[Any]) -> Floats:
    return np.asarray(values, np.float32)
