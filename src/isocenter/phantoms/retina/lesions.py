"""Diabetic retinopathy: what lesions a grade has, and which grade lesions make.

In:   a grade, ranges, a generator.
Out:  Lesions in mm, x towards the disc and y down, the fovea at 0.
Not:  no pixels (light.py).

Reference: Wilkinson et al., Ophthalmology 2003; 110:1677-1682 (international clinical scale). Of the signs of grade 3 intraretinal
microvascular abnormalities are not drawn.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.retina.vessels import Disc, Vessels, quadrant_of, quadrants_with_veins

Array = NDArray[np.float64]
KINDS = ("microaneurysm", "hemorrhage", "hard_exudate", "cotton_wool_spot", "neovascularization")
GRADES = ("none", "mild", "moderate", "severe", "proliferative")
MANY = 20
"""More hemorrhages than this in all four quadrants make grade 3."""


class Spot(Record):
    """One lesion that is a disc, a little oval."""

    kind: str
    center: Array
    radius: float
    oval: float


class Tuft(Record):
    """One growth of new vessels."""

    lines: tuple[Array, ...]
    """(M, 2) mm each."""
    radius: float
    """Half width of its vessels."""

    @property
    def center(self) -> Array:
        """Return where it springs from."""
        return np.asarray(self.lines[0][0], np.float64)


class Lesions(Record):
    """All of one eye."""

    spots: tuple[Spot, ...] = ()
    tufts: tuple[Tuft, ...] = ()
    preretinal: Spot | None = None
    """A pool of blood before the retina, with a level above."""
    beaded: tuple[int, ...] = ()
    """Quadrants whose veins are beaded."""

    def of_kind(self, kind: str) -> list[Spot]:
        """Return the spots of one kind."""
        return [spot for spot in self.spots if spot.kind == kind]


def grade_of(lesions: Lesions) -> int:
    """Return the grade 0 to 4 that lesions make by the international clinical scale."""
    if lesions.tufts or lesions.preretinal is not None:
        return 4
    bled = [quadrant_of(spot.center) for spot in lesions.of_kind("hemorrhage")]
    if min(bled.count(q) for q in range(4)) > MANY or len(lesions.beaded) >= 2:
        return 3
    others = {spot.kind for spot in lesions.spots} - {"microaneurysm"}
    if others or lesions.beaded:
        return 2
    return int(bool(lesions.spots))


def draw_lesions(p: Mapping[str, Any], grade: int, disc: Disc, vessels: Vessels, rng: np.random.Generator) -> Lesions:
    """Draw lesions that make exactly the grade asked for."""
    if grade == 0:
        return Lesions()
    key = str(grade)
    place = _Places(p, disc, rng)
    spots = [place.spot("microaneurysm", p["microaneurysm_radius"]) for _ in range(_count(rng, p["microaneurysms"][key]))]
    if grade == 1:
        return Lesions(spots=tuple(spots))
    veined = quadrants_with_veins(vessels)
    many = grade == 3 and (rng.random() < p["share_many"] or len(veined) < 2)
    if grade == 3:
        for quadrant in range(4):
            number = _count(rng, p["many"]) if many else _count(rng, [4, MANY - 4])
            spots += [place.spot("hemorrhage", p["hemorrhage_radius"], quadrant) for _ in range(number)]
    else:
        quadrants = [quadrant for quadrant in range(4) for _ in range(MANY)]  # never more in one than the scale allows
        chosen = rng.permutation(quadrants)[: _count(rng, p["hemorrhages"][key])]
        spots += [place.spot("hemorrhage", p["hemorrhage_radius"], int(quadrant)) for quadrant in chosen]
    if rng.random() < p["share_exudates"]:
        for _ in range(_count(rng, p["exudate_groups"])):
            spots += place.group("hard_exudate", p["exudate_radius"])
    if rng.random() < p["share_wool"][key]:
        spots += [place.spot("cotton_wool_spot", p["wool_radius"]) for _ in range(_count(rng, p["wool"]))]
    beaded: tuple[int, ...] = ()
    if grade == 3 and not many:
        beaded = tuple(int(q) for q in rng.permutation(veined)[: _count(rng, p["beaded"])])
    if grade < 4:
        return Lesions(spots=tuple(spots), beaded=beaded)
    tufts = tuple(_tuft(p, disc, vessels, rng) for _ in range(_count(rng, p["new_vessels"])))
    pool = Spot(kind="hemorrhage", center=place.free(), radius=float(rng.uniform(0.6, 1.2)), oval=float(rng.uniform(0.6, 1.0)))
    return Lesions(spots=tuple(spots), tufts=tufts, preretinal=pool if rng.random() < p["share_preretinal"] else None)


class _Places:
    """Where lesions may lie: on the lit field, off the disc."""

    def __init__(self, p: Mapping[str, Any], disc: Disc, rng: np.random.Generator) -> None:
        self.disc, self.rng = disc, rng
        self.middle, self.reach = disc.center / 2, float(p["field_of_lesions"])

    def free(self, quadrant: int | None = None) -> Array:
        """Return a place; of one quadrant, if one is named."""
        while True:
            place = self.middle + self.reach * self.rng.uniform(-1, 1, 2)
            lit = np.linalg.norm(place - self.middle) < self.reach
            off = np.linalg.norm(place - self.disc.center) > 1.35 * self.disc.radius
            if lit and off and (quadrant is None or quadrant_of(place) == quadrant):
                return np.asarray(place, np.float64)

    def spot(self, kind: str, radius: Sequence[float], quadrant: int | None = None) -> Spot:
        """Return a spot; most are small."""
        low, high = radius
        size = low + (high - low) * float(self.rng.random()) ** 2
        return Spot(kind=kind, center=self.free(quadrant), radius=size, oval=float(self.rng.uniform(0.75, 1.3)))

    def group(self, kind: str, radius: Sequence[float]) -> list[Spot]:
        """Return a cluster, or a part of a ring around a leak."""
        center, wide = self.free(), float(self.rng.uniform(0.3, 0.9))
        ring = self.rng.random() < 0.5
        out = []
        for _ in range(int(self.rng.integers(6, 22))):
            away = wide * (float(self.rng.normal(1.0, 0.12)) if ring else float(self.rng.random()) ** 0.7)
            angle = self.rng.uniform(0, 1.4 * np.pi if ring else 2 * np.pi)
            place = center + away * np.array([np.cos(angle), np.sin(angle)])
            inside = np.linalg.norm(place - self.middle) < self.reach
            if inside and np.linalg.norm(place - self.disc.center) > 1.2 * self.disc.radius:
                size = float(self.rng.uniform(radius[0], radius[1]))
                out.append(Spot(kind=kind, center=place, radius=size, oval=float(self.rng.uniform(0.7, 1.4))))
        return out


def _tuft(p: Mapping[str, Any], disc: Disc, vessels: Vessels, rng: np.random.Generator) -> Tuft:
    """Draw curled new vessels: on the disc, or on a vein of the arcades."""
    middle, reach = disc.center / 2, 0.8 * float(p["field_of_lesions"])
    roots = [disc.center + 0.4 * disc.radius * rng.normal(size=2)]
    veins = [b.line[-1] for b, vein in zip(vessels.branches, vessels.vein, strict=True) if vein and b.healthy > 0.035]
    veins = [place for place in veins if np.linalg.norm(place - middle) < reach]
    if veins and rng.random() >= p["share_at_disc"]:
        roots = [veins[int(rng.integers(len(veins)))]]
    lines = []
    for _ in range(int(rng.integers(9, 16))):
        angle, curl = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.7)
        turns = angle + np.cumsum(rng.normal(curl, 0.35, 12))
        steps = float(rng.uniform(0.07, 0.12)) * np.stack([np.cos(turns), np.sin(turns)], 1)
        lines.append(roots[0] + np.concatenate([np.zeros((1, 2)), np.cumsum(steps, axis=0)]))
    return Tuft(lines=tuple(lines), radius=float(rng.uniform(0.018, 0.028)))


def _count(rng: np.random.Generator, between: Sequence[float]) -> int:
    """Draw a whole number, both ends included."""
    return int(rng.integers(int(between[0]), int(between[1]) + 1))
