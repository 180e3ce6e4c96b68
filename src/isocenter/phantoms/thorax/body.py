"""Who is scanned and how: person, lungs' density, inspiration, position.

In:   the phantom's parameters, seeds, options.
Out:  Body and Stance; the coordinates of the reference chest at every voxel.
Not:  no shapes (chest.py).

Everything is drawn in a reference chest. A larger person and a deeper breath stretch the coordinates, so a breath changes the
volume of the parenchyma by exactly the factor its density is divided by: its mass stays.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.errors import PlanError
from isocenter.core.record import Record
from isocenter.phantoms.phantom import Seeds
from isocenter.phantoms.tomograph.box import Array, Box

SEXES = ("F", "M")


class Body(Record):
    """One person."""

    sex: str
    age_years: float
    size: float
    """Length of the person over that of the reference chest."""
    fat_mm: float
    tissue: float
    """Density of parenchyma at a usual breath in as a share of water's, (HU + 1000) / 1000."""
    gravity_hu: float
    """HU from front to back of the lungs, at a usual breath in."""
    slim: float
    """Depth of the chest over the reference's."""
    soft_hu: float
    blood_hu: float
    spongy_hu: float
    compact_hu: float


class Stance(Record):
    """One position in one scanner."""

    inspiration: float
    """Volume of the lungs over that at a usual breath in."""
    turn_deg: float
    shift_mm: tuple[float, float, float]
    zoom: float

    @property
    def stretch(self) -> tuple[float, float, float]:
        """Return how far a breath stretches x, y and z; their product is the inspiration."""
        return self.inspiration**0.2, self.inspiration**0.3, self.inspiration**0.5


def draw_body(p: Mapping[str, Any], seeds: Seeds, *, sex: str | None, age: float | tuple[float, float] | None) -> Body:
    """Draw who is scanned."""
    people, rng = seeds.rng("demographics"), seeds.rng("anatomy")
    coin, share = people.random(2)
    chosen = SEXES[int(coin < 0.5)] if sex is None else sex
    low, high = p["age_years"] if age is None else (age if isinstance(age, (tuple, list)) else (age, age))
    years = float(low + share * (high - low))
    spongy = float(rng.uniform(*p["spongy_hu"])) - p["bone_loss_per_year"] * max(years - 50.0, 0.0)
    return Body(
        sex=chosen, age_years=years, size=float(rng.uniform(*p["size"][chosen])), fat_mm=float(rng.uniform(*p["fat_mm"][chosen])),
        tissue=(float(rng.uniform(*p["density_hu"])) + 1000) / 1000, gravity_hu=float(rng.uniform(*p["gravity_hu"])),
        slim=float(rng.uniform(0.93, 1.08)), soft_hu=float(rng.uniform(*p["soft_hu"])), blood_hu=float(rng.uniform(*p["blood_hu"])),
        spongy_hu=max(spongy, 60.0), compact_hu=float(rng.uniform(*p["compact_hu"])),
    )  # fmt: skip


def draw_stance(p: Mapping[str, Any], rng: np.random.Generator, *, inspiration: float | None) -> Stance:
    """Draw how the person lies and breathes. PlanError for an inspiration outside (0.4, 1.5]."""
    breath, turn, zoom = float(rng.uniform(*p["inspiration"])), float(rng.uniform(*p["turn_deg"])), float(rng.uniform(*p["zoom"]))
    x, y, z = (float(rng.uniform(*p["shift_mm"])) for _ in range(3))
    chosen = breath if inspiration is None else float(inspiration)
    if not 0.4 < chosen <= 1.5:
        raise PlanError(f"expected an inspiration above 0.4 and up to 1.5 (1 = a usual breath in), got {chosen!r}.")
    return Stance(inspiration=chosen, turn_deg=turn, shift_mm=(x, y, z), zoom=zoom)


def place(box: Box, body: Body, stance: Stance, top_mm: float) -> tuple[Array, Array, Array]:
    """Return reference coordinates (broadcasting to X, Y, Z) of every voxel; z = 0 is the top of the lungs.

    top_mm : where the top of the lungs lies in the box, from its middle
    """
    x, y, z = box.mesh()
    angle = np.deg2rad(stance.turn_deg)
    moved_x, moved_y = x - stance.shift_mm[0], y - stance.shift_mm[1]
    turned_x = np.cos(angle) * moved_x + np.sin(angle) * moved_y
    turned_y = -np.sin(angle) * moved_x + np.cos(angle) * moved_y
    sx, sy, sz = stance.stretch
    size = body.size
    return (
        np.asarray(turned_x / (size * sx), np.float32),
        np.asarray(turned_y / (size * sy * body.slim), np.float32),
        np.asarray((z - np.float32(top_mm + stance.shift_mm[2])) / (size * sz), np.float32),
    )


def to_box(points: np.ndarray[Any, Any], body: Body, stance: Stance, top_mm: float) -> np.ndarray[Any, Any]:
    """Return reference points (N, 3) in the coordinates of the box: the inverse of `place`."""
    sx, sy, sz = stance.stretch
    points = points.reshape(-1, 3)
    x, y = points[:, 0] * body.size * sx, points[:, 1] * body.size * sy * body.slim
    z = points[:, 2] * body.size * sz + top_mm + stance.shift_mm[2]
    angle = np.deg2rad(stance.turn_deg)
    moved_x, moved_y = np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y
    return np.stack([moved_x + stance.shift_mm[0], moved_y + stance.shift_mm[1], z], 1)
