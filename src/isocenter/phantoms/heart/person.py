"""Whose heart it is: age, sex, disease, heart rate, ventricles, beat, chest.

In:   parameters, seeds, options.
Out:  Person.
Not:  no plane, no scan.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.errors import PlanError
from isocenter.core.record import Record
from isocenter.phantoms.brain.waves import Waves, draw_waves
from isocenter.phantoms.heart.beat import Beat, draw_beat
from isocenter.phantoms.heart.chest import Chest, draw_chest
from isocenter.phantoms.heart.ventricles import Ventricles, draw_ventricles
from isocenter.phantoms.phantom import Seeds

SEXES = ("F", "M")
STATES = ("healthy", "failing")


class Person(Record):
    """One person on one day."""

    age: float
    sex: str
    failing: bool
    heart_rate: float
    """Beats a minute."""
    heart: Ventricles
    beat: Beat
    chest: Chest
    flow: Waves


def draw_person(p: Mapping[str, Any], seeds: Seeds, options: Mapping[str, Any]) -> Person:
    """Draw a person; sex, age, disease and heart rate may be asked for. PlanError for a heart rate that cannot be."""
    people, anatomy, ill = seeds.rng("demographics"), seeds.rng("anatomy"), seeds.rng("disease")
    age, sex = float(people.uniform(*p["age_years"])), SEXES[int(people.integers(2))]
    age = age if options["age"] is None else float(options["age"])
    sex = sex if options["sex"] is None else str(options["sex"])
    coin = bool(ill.random() < p["share_disease"])
    failing = coin if options["disease"] is None else bool(options["disease"])
    mean, spread = p["heart_rate"]
    drawn = mean + spread * float(people.normal()) + (p["heart_rate_ill"] if failing else 0.0)
    low, high = p["heart_rate_range"]
    rate = float(np.clip(drawn, low, high)) if options["heart_rate"] is None else float(options["heart_rate"])
    if not 35 <= rate <= 150:
        raise PlanError(f"expected a heart rate of 35 to 150 beats a minute, got {rate:g}.")
    heart = draw_ventricles(p, anatomy, ill, sex, failing=failing)
    return Person(
        age=age, sex=sex, failing=failing, heart_rate=rate, heart=heart, beat=draw_beat(p, people, rate, age),
        chest=draw_chest(p, anatomy), flow=draw_waves(anatomy, (30.0, 80.0), 10),
    )  # fmt: skip
