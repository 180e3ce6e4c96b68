"""Who is drawn: sex, age, stature, and what they do to the chest.

Out:  Person.
Not:  no shapes (anatomy.py).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from isocenter.core.record import Record


class Person(Record):
    """Demographics of one patient."""

    sex: str
    """F or M."""
    age_years: float
    height_cm: float
    bmi: float
    """kg/m²."""


def draw_person(parameters: Mapping[str, Any], rng: np.random.Generator, *, sex: str | None = None, age: Any = None) -> Person:
    """Draw a person. sex, age: taken as given; an age of two numbers is a range to draw from.

    Every draw is made whatever is given, so that a twin of the other sex keeps all else.
    """
    low, high = parameters["age_years"]
    coin, place, stature, weight = rng.random(), rng.random(), rng.normal(), rng.normal()
    chosen = sex if sex is not None else ("F" if coin < parameters["share_female"] else "M")
    if isinstance(age, tuple | list):
        low, high = age
    years = float(low + place * (high - low)) if age is None or isinstance(age, tuple | list) else float(age)
    mean, sd = parameters["height_cm"][chosen]
    middle, spread = parameters["bmi"]
    return Person(
        sex=chosen,
        age_years=years,
        height_cm=float(mean + sd * stature),
        bmi=float(np.clip(middle * np.exp(spread * weight), 16.0, 48.0)),
    )
