"""The organ: even tissue with some grain, veins through it, and sometimes its border with fat and muscle beyond.

In:   parameters, a person, a fine box.
Out:  HU before the lesion.
Not:  no lesion (lesion.py), no scanner.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.errors import PlanError, unknown
from isocenter.core.record import Record
from isocenter.phantoms.phantom import Seeds
from isocenter.phantoms.tomograph.border import share_inside
from isocenter.phantoms.tomograph.box import Array, Box
from isocenter.phantoms.tomograph.fields import smooth_field
from isocenter.phantoms.tomograph.tubes import Segment, paint_tubes

KINDS = ("cyst", "metastasis", "hemangioma")
MALIGNANT = "metastasis"
PIECES = 6
"""Straight pieces a bent vein is made of."""


class Person(Record):
    """Whose liver it is: the same on every visit."""

    age: float
    sex: str
    fatty: bool
    liver_hu: float
    vessel_hu: float
    kind: str
    """Of all lesions in this liver."""


def draw_person(p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any]) -> Person:
    """Draw a person; a kind of lesion, or malignant or not (`disease`), may be asked for.

    PlanError for a kind it does not have.
    """
    if options["kind"] is not None and options["kind"] not in KINDS:
        raise PlanError(unknown("kind of liver lesion", str(options["kind"]), KINDS))
    people, body = seeds.rng("demographics"), seeds.rng("anatomy")
    age, sex = float(people.uniform(*p["age_years"])), ("F", "M")[int(people.integers(2))]
    shares = np.array(list(p["benign"].values()), float)
    coin, benign = bool(people.random() < p["share_disease"]), str(people.choice(list(p["benign"]), p=shares / shares.sum()))
    ill = coin if options["disease"] is None else bool(options["disease"])
    fatty = bool(body.random() < p["share_fatty"])
    liver = float(body.uniform(*p["liver_hu"])) + (float(p["fatty_hu"]) if fatty else 0.0)
    kind = str(options["kind"] or (MALIGNANT if ill else benign))
    return Person(age=age, sex=sex, fatty=fatty, liver_hu=liver, vessel_hu=float(body.uniform(*p["vessel_hu"])), kind=kind)


def draw_organ(p: Mapping[str, Any], rng: np.random.Generator, person: Person, box: Box, lesion_mm: float) -> Array:
    """Return HU (X, Y, Z) of a piece of liver without a lesion; the middle `lesion_mm` across lie inside the organ."""
    hu = np.full(box.shape, person.liver_hu, np.float32)
    hu += np.float32(p["grain_hu"]) * smooth_field(box, rng, p["grain_mm"])
    hu += np.float32(p["patches_hu"]) * smooth_field(box, rng, p["patches_mm"])
    veins = np.zeros(box.shape, np.float32)
    for _ in range(int(rng.integers(p["vessels"][0], p["vessels"][1] + 1))):
        paint_tubes(box, veins, _vein(p, rng))
    hu += veins * (np.float32(person.vessel_hu) - hu)
    return _bordered(p, rng, box, hu, lesion_mm)


def _vein(p: Mapping[str, Any], rng: np.random.Generator) -> list[Segment]:
    """Return a bent tube through the field, thinner and thinner."""
    half = p["field_mm"] / 2
    at = rng.uniform(-half, half, 3) * (1.0, 1.0, 0.3)
    along = rng.standard_normal(3) * (1.0, 1.0, 0.7)
    along /= np.linalg.norm(along)
    low, high = np.log(p["vessel_mm"])
    radius = float(np.exp(rng.uniform(low, high)))
    at, length = at - along * half, p["field_mm"] / PIECES * 1.2
    found = []
    for _ in range(PIECES):
        along = along + p["vessel_bend"] * rng.standard_normal(3)
        along /= np.linalg.norm(along)
        found.append(Segment(start=at, end=at + along * length, radius_mm=radius))
        at, radius = at + along * length, radius * 0.92
    return found


def _bordered(p: Mapping[str, Any], rng: np.random.Generator, box: Box, hu: Array, lesion_mm: float) -> Array:
    """Return the HU with fat and muscle beyond a round border of the organ, where there is one in the field."""
    there, angle = rng.random() < p["share_border"], rng.uniform(0, 2 * np.pi)
    away = lesion_mm / 2 + rng.uniform(*p["border_from_lesion_mm"])
    bend, fat = rng.uniform(*p["border_round_mm"]), rng.uniform(*p["fat_mm"])
    if not there:
        return hu
    x, y, z = box.mesh()
    toward = np.array([np.cos(angle), np.sin(angle)]) * (away - bend)
    depth = bend - np.sqrt((x - toward[0]) ** 2 + (y - toward[1]) ** 2 + 0 * z)
    edge = float(np.mean(box.spacing_mm[:2]))
    inside, before_muscle = share_inside(depth, edge), share_inside(depth + fat, edge)
    outside = p["fat_hu"] * before_muscle + p["muscle_hu"] * (1 - before_muscle)
    return np.asarray(inside * hu + (1 - inside) * outside, np.float32)
