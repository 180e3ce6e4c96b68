"""Whose head is scanned and how it lies.

In:   the phantom's parameters, seeds, options.
Out:  Subject and Tilt; the coordinates of the reference head at every voxel.
Not:  no shapes (skull.py, brain.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record
from isocenter.phantoms.phantom import Seeds
from isocenter.phantoms.tomograph.box import Array, Box

SEXES = ("F", "M")


class Subject(Record):
    """One person's head."""

    sex: str
    age_years: float
    size: float
    slim: float
    """Width of the head over the reference's."""
    bone_mm: float
    scalp_mm: float
    atrophy: float
    """Width of ventricles and sulci over those of a person of 50."""
    hu: Mapping[str, float]
    """gray, white, csf, scalp, table, spongy."""


class Tilt(Record):
    """How the head lies: turns about x, y and z (degrees), shift (mm), field of view over the usual one."""

    nod_deg: float
    tilt_deg: float
    turn_deg: float
    shift_mm: tuple[float, float, float]
    zoom: float

    @property
    def matrix(self) -> np.ndarray[Any, Any]:
        """Return the rotation (3, 3) from scanner to head coordinates."""
        a, b, c = np.deg2rad([self.nod_deg, self.tilt_deg, self.turn_deg])
        nod = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
        tilt = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
        turn = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
        return np.asarray(nod @ tilt @ turn)


def draw_subject(p: Mapping[str, Any], seeds: Seeds, *, sex: str | None, age: float | tuple[float, float] | None) -> Subject:
    """Draw whose head it is."""
    people, rng = seeds.rng("demographics"), seeds.rng("anatomy")
    coin, share = people.random(2)
    chosen = SEXES[int(coin < 0.5)] if sex is None else sex
    low, high = p["age_years"] if age is None else (age if isinstance(age, (tuple, list)) else (age, age))
    years = float(low + share * (high - low))
    tissues = ("gray", "white", "csf", "scalp", "table", "spongy")
    return Subject(
        sex=chosen, age_years=years, size=float(rng.uniform(*p["size"][chosen])), slim=float(rng.uniform(*p["slim"])),
        bone_mm=float(rng.uniform(*p["bone_mm"])), scalp_mm=float(rng.uniform(*p["scalp_mm"])),
        atrophy=float(rng.uniform(*p["atrophy"]) * (0.6 + 0.9 * np.clip((years - 20) / 65, 0, 1))),
        hu={name: float(rng.uniform(*p[f"{name}_hu"])) for name in tissues},
    )  # fmt: skip


def draw_tilt(p: Mapping[str, Any], rng: np.random.Generator) -> Tilt:
    """Draw how the head lies."""
    nod, tilt, turn, zoom = (float(rng.uniform(*p[name])) for name in ("nod_deg", "tilt_deg", "turn_deg", "zoom"))
    x, y, z = (float(rng.uniform(*p["shift_mm"])) for _ in range(3))
    return Tilt(nod_deg=nod, tilt_deg=tilt, turn_deg=turn, shift_mm=(x, y, z), zoom=zoom)


def place(box: Box, subject: Subject, tilt: Tilt) -> tuple[Array, Array, Array]:
    """Return reference coordinates (X, Y, Z) each: x right, y anterior, z superior, 0 between the thalami."""
    x, y, z = (axis - np.float32(shift) for axis, shift in zip(box.mesh(), tilt.shift_mm, strict=True))
    m = tilt.matrix
    turned = [m[row, 0] * x + m[row, 1] * y + m[row, 2] * z for row in range(3)]
    return (
        np.asarray(turned[0] / (subject.size * subject.slim), np.float32),
        np.asarray(turned[1] / subject.size, np.float32),
        np.asarray(turned[2] / subject.size, np.float32),
    )
