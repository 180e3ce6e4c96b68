"""Readers who count perivascular spaces: each has a threshold of size, which wanders from person to person and from day to day.

In:   the diameters of the spaces of a case, a reader's habits, seeds.
Out:  which spaces are written down, and how many marks fall on nothing.
Not:  no images, no measures of agreement (metrics).

A space is written down when its diameter, as it looks, exceeds half_seen + bias + wander (a z1 + b z2): z1 belongs to this reader
and this person, z2 to this reading; a² + b² = 1, b² = of_the_day. One more z3 a space makes borderline sizes unsure.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.phantoms.phantom import Seeds


class Reading(Record):
    """What one reader wrote down once."""

    seen: NDArray[np.bool_]
    """(N,) which of the spaces."""
    false_marks: int
    """Marks on nothing."""

    @property
    def count(self) -> int:
        """The number written down."""
        return int(self.seen.sum()) + self.false_marks


class Chance(Record):
    """What chance brings to one reading, before anything is seen."""

    mood: float
    """The threshold's wander, SD 1."""
    unsure: NDArray[np.float64]
    """(N,) of each space, SD 1."""
    false_marks: int


def draw_chance(habits: Mapping[str, Any], reader: Mapping[str, Any], number: int, seeds: Seeds) -> Chance:
    """Return the chance of one reading of a number of spaces: the same anatomy is a person, another acquisition a day."""
    person = np.random.default_rng([seeds.anatomy, seeds.demographics, 0x4EAD, int(reader["person"])])
    today = np.random.default_rng([seeds.anatomy, seeds.acquisition, 0x4EAE, int(reader["person"]), int(reader["reading"])])
    share = float(habits["of_the_day"])
    mood = np.sqrt(1 - share) * person.normal() + np.sqrt(share) * today.normal()
    return Chance(mood=float(mood), unsure=today.normal(size=number), false_marks=int(today.poisson(habits["false_rate"])))


def read_spaces(
    habits: Mapping[str, Any], reader: Mapping[str, Any], wander_mm: float, diameters_mm: NDArray[np.float64], chance: Chance
) -> Reading:
    """Return one reading of a case's spaces.

    habits       : the phantom's `readers`
    reader       : one of its `raters`: person, reading, bias_mm, factor
    wander_mm    : SD of the threshold for a reader of factor 1
    diameters_mm : (N,)
    """
    threshold = habits["half_seen_mm"] + reader["bias_mm"] + reader["factor"] * wander_mm * chance.mood
    looks = diameters_mm + habits["unsure_mm"] * chance.unsure
    return Reading(seen=looks > threshold, false_marks=chance.false_marks)
