"""Whose tissue it is, and which laboratory stains it.

In:   parameters, seeds, options (disease, scanner, nuisance).
Out:  sex and age; whether the patient is ill and whether this piece of tissue shows it; the name of the center.
Not:  no tissue (anatomy.py).

A patient belongs to one center. Who is ill is the patient's; which pieces show it is each piece's.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.phantoms.histology.settings import HISTOLOGY
from isocenter.phantoms.phantom import Seeds

CENTERS = tuple(name for name in HISTOLOGY["scanners"] if name != HISTOLOGY["held_scanner"])


def person_of(p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any]) -> tuple[dict[str, float | str], bool, bool]:
    """Return who it is, whether the patient is ill, and whether this slide shows it."""
    people, slide = seeds.rng("demographics"), seeds.rng("disease")
    sex, place, coin = people.random(), people.random(), people.random()
    low, high = p["age_years"]
    ill, shows = bool(coin < p["share_disease"]), bool(slide.random() < p["share_of_slides"])
    shows = shows and ill if options["disease"] is None else bool(options["disease"])
    ill = ill if options["disease"] is None else shows
    return {"sex": "F" if sex < p["share_female"] else "M", "age": round(low + place * (high - low))}, ill, shows


def center_of(p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any]) -> str:
    """Return the center: the one asked for, the one kept for test, or the patient's."""
    drawn = CENTERS[int(np.random.default_rng([0xCE, seeds.demographics]).integers(len(CENTERS)))]
    name = options["scanner"] or (p["held_scanner"] if options["nuisance"] == "test" else drawn)
    return str(name)
