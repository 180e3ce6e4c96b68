"""Lesions make the grade they were drawn for, by the rule of the scale."""

import numpy as np
import pytest

from isocenter.phantoms.retina.lesions import Lesions, Spot, Tuft, draw_lesions, grade_of
from isocenter.phantoms.retina.settings import FUNDUS
from isocenter.phantoms.retina.vessels import draw_disc, grow_vessels

CORNERS = [np.array([x, y]) for x in (0.0, 4.0) for y in (-2.0, 2.0)]


def spots(kind, number, places=CORNERS[:1]):
    return tuple(Spot(kind=kind, center=place, radius=0.1, oval=1.0) for place in places for _ in range(number))


@pytest.mark.parametrize(
    ("lesions", "grade"),
    [
        (Lesions(), 0),
        (Lesions(spots=spots("microaneurysm", 50)), 1),
        (Lesions(spots=spots("hemorrhage", 1)), 2),
        (Lesions(spots=spots("hard_exudate", 1)), 2),
        (Lesions(spots=spots("hemorrhage", 20, CORNERS)), 2),
        (Lesions(spots=spots("hemorrhage", 21, CORNERS[:3])), 2),
        (Lesions(spots=spots("hemorrhage", 21, CORNERS)), 3),
        (Lesions(spots=spots("hemorrhage", 1), beaded=(0,)), 2),
        (Lesions(spots=spots("hemorrhage", 1), beaded=(0, 3)), 3),
        (Lesions(tufts=(Tuft(lines=(np.zeros((2, 2)),), radius=0.02),)), 4),
        (Lesions(preretinal=spots("hemorrhage", 1)[0]), 4),
    ],
)
def test_the_rule_of_the_scale(lesions, grade):
    assert grade_of(lesions) == grade


@pytest.mark.parametrize("grade", range(5))
def test_what_is_drawn_for_a_grade_makes_that_grade(grade):
    for seed in range(12):
        rng = np.random.default_rng([seed, grade])
        disc = draw_disc(FUNDUS, rng)
        vessels = grow_vessels(FUNDUS, disc, rng, smallest=0.04, reach=7.0)
        assert grade_of(draw_lesions(FUNDUS, grade, disc, vessels, rng)) == grade
