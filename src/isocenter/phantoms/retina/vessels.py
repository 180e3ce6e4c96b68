"""Arteries and veins of a retina: four arcades each, widths by Murray's law, none in the fovea.

In:   ranges, a generator.
Out:  Vessels: branches in mm, x towards the disc and y down, the fovea at 0; which of them are veins.
Not:  no pixels (paint.py).

Reference: Murray, PNAS 1926; 12:207-214 (r0³ = r1³ + r2³).
"""

import cmath
import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.vessels.tree import POINTS, Branch, murray_angles

Array = NDArray[np.float64]
Guide = Callable[[complex], complex]
"""Place -> the way a vessel would go from there, not of unit length. Places and ways of growth are complex, x + iy: it is fast."""


class Disc(Record):
    """The optic disc."""

    center: Array
    """(2,) mm."""
    radius: float
    oval: float
    """Height / width."""
    cup: float
    """Width of the cup as a share of the disc's."""


class Vessels(Record):
    """Every vessel of one eye."""

    branches: tuple[Branch, ...]
    vein: NDArray[np.bool_]
    """(B,) False for an artery."""


def draw_disc(p: Mapping[str, Any], rng: np.random.Generator) -> Disc:
    """Draw where the disc lies and how large it is."""
    away, up = rng.normal(*p["disc"]), rng.normal(*p["disc_up"])
    return Disc(
        center=np.array([away, -up]),
        radius=float(np.clip(rng.normal(*p["disc_radius"]), 0.7, 1.15)),
        oval=float(rng.uniform(*p["disc_oval"])),
        cup=float(rng.uniform(*p["cup"])),
    )


def grow_vessels(p: Mapping[str, Any], disc: Disc, rng: np.random.Generator, *, smallest: float, reach: float) -> Vessels:
    """Grow all arcades from the disc.

    smallest : mm; thinner vessels are not grown, and take their share of r³ with them
    reach    : mm from the middle between disc and fovea; vessels that leave it are not followed
    """
    branches: list[Branch] = []
    veins: list[bool] = []
    for vein in (True, False):
        wide = float(rng.uniform(*p["vein_radius"])) * (1.0 if vein else float(rng.uniform(*p["artery_share"])))
        for up in (-1.0, 1.0):
            for temporal in (True, False):
                guide = _arcade(p, disc, rng, up) if temporal else _nasal(disc, rng, up)
                radius = wide * (1.0 if temporal else 0.8) * float(rng.uniform(0.92, 1.08))
                start = complex(*(disc.center + rng.normal(0, 0.12, 2) * disc.radius))
                grown = _grow(p, rng, start, guide, radius, disc, smallest, reach, offset=len(branches))
                branches += grown
                veins += [vein] * len(grown)
    return Vessels(branches=tuple(branches), vein=np.array(veins, bool))


def bead(vessels: Vessels, quadrants: Sequence[int], *, depth: float = 0.42, turns: float = 2.5) -> Vessels:
    """Return the vessels with the wide veins of some quadrants (see quadrant_of) beaded."""
    changed = list(vessels.branches)
    for index in _wide_veins(vessels):
        branch = changed[index]
        if quadrant_of(_middle(branch)) in quadrants:
            wave = np.sin(2 * np.pi * turns * np.linspace(0, 1, len(branch.radius)))
            changed[index] = dataclasses.replace(branch, radius=branch.healthy * (1 + depth * wave))
    return dataclasses.replace(vessels, branches=tuple(changed))


def quadrants_with_veins(vessels: Vessels) -> list[int]:
    """Return the quadrants that have a wide vein, which could be beaded."""
    return sorted({quadrant_of(_middle(vessels.branches[index])) for index in _wide_veins(vessels)})


def _wide_veins(vessels: Vessels) -> list[int]:
    """Return the veins at least half as wide as the widest."""
    widest = max(branch.healthy for branch in vessels.branches)
    pairs = zip(vessels.branches, vessels.vein, strict=True)
    return [index for index, (branch, vein) in enumerate(pairs) if vein and branch.healthy > 0.5 * widest]


def _middle(branch: Branch) -> Array:
    """Return the place half way along a branch."""
    return np.asarray(branch.line[len(branch.line) // 2], np.float64)


def quadrant_of(place: Array) -> int:
    """Return 0..3: upper or lower, nasal or temporal half of the field, about the middle between disc and fovea."""
    return 2 * int(place[1] > 0) + int(place[0] > 2.0)


def _arcade(p: Mapping[str, Any], disc: Disc, rng: np.random.Generator, up: float) -> Guide:
    """Aim along the temporal arcade: away from the disc in a bow above (up -1) or below (+1) the fovea."""
    height, steep = float(rng.uniform(*p["arcade"])), float(rng.uniform(1.2, 1.9))
    x, y = float(disc.center[0]), float(disc.center[1])

    def guide(place: complex) -> complex:
        ahead = max(x - place.real, 0.0) + 0.9
        bow = height * math.tanh(ahead / steep) - 0.18 * max(ahead - x - 1.5, 0.0)
        return complex(x - ahead, 0.5 * y + up * bow) - place

    return guide


def _nasal(disc: Disc, rng: np.random.Generator, up: float) -> Guide:
    """Aim away from the disc on its far side."""
    angle, center = math.radians(rng.uniform(25, 70)), complex(*disc.center)
    way = complex(math.cos(angle), up * math.sin(angle))

    def guide(place: complex) -> complex:
        return way + 0.15 * (place - center)

    return guide


def _grow(
    p: Mapping[str, Any], rng: np.random.Generator, start: complex, trunk: Guide, radius: float, disc: Disc, smallest: float,
    reach: float, *, offset: int,
) -> list[Branch]:  # fmt: skip
    """Grow one tree; its trunk follows a guide, its twigs turn towards the fovea or away from the disc."""
    middle = complex(*disc.center) / 2
    branches: list[Branch] = []
    waiting: list[tuple[complex, complex, float, int, bool]] = [(start, trunk(start), radius, -1, True)]
    while waiting:
        place, way, r, parent, leads = waiting.pop(0)
        line = _line(p, rng, place, way, r, trunk if leads else _twig(place, disc))
        barred = next((k for k, at in enumerate(line) if abs(at) < p["avascular"]), POINTS)
        line = line[: max(barred, 2)]
        points = np.array([(at.real, at.imag) for at in line])
        branches.append(Branch(line=points, radius=np.full(len(line), r), healthy=r, parent=parent))
        if len(line) < POINTS or abs(line[-1] - middle) > reach:
            continue
        share = float(rng.uniform(*p["side_share" if leads else "share"]))
        radii = r * (1 - share) ** (1 / 3), r * share ** (1 / 3)
        sign = 1.0 if rng.random() < 0.5 else -1.0
        forward = line[-1] - line[-2]
        spared = 1 + p["spared"]["factor"] * math.exp(-((abs(line[-1]) / p["spared"]["width"]) ** 2))  # few reach the fovea
        for number, (thin, angle) in enumerate(zip(radii, murray_angles(r, *radii), strict=True)):
            turn = (sign if number else -sign) * angle * (0.3 if leads and number == 0 else 1.0)
            turn += math.radians(p["turn_deg"]) * rng.normal()
            if thin >= smallest * spared:
                ahead = forward * cmath.exp(1j * turn)
                waiting.append((line[-1], ahead, thin, offset + len(branches) - 1, leads and number == 0))
    return branches


def _twig(start: complex, disc: Disc) -> Guide:
    """Aim a side branch: within the arcades towards the fovea, elsewhere away from the disc."""
    center = complex(*disc.center)
    within = start.real < center.real and abs(start) < 3.6

    def guide(place: complex) -> complex:
        return -place if within else place - center

    return guide


def _line(
    p: Mapping[str, Any], rng: np.random.Generator, start: complex, way: complex, radius: float, guide: Guide
) -> list[complex]:
    """Return a winding line of POINTS places that starts along `way` and is drawn to its guide."""
    step = max(radius, p["shortest"]) * rng.uniform(*p["branch_length"]) / (POINTS - 1)
    line, way = [start], way / max(abs(way), 1e-12)
    for shake in (p["wander"] * rng.normal(size=POINTS - 1)).tolist():
        wanted = guide(line[-1])
        way = way + 0.22 * (wanted / max(abs(wanted), 1e-12) - way)
        way = way / max(abs(way), 1e-12) * cmath.exp(1j * shake)
        line.append(line[-1] + step * way)
    return line
