"""Places and masks are read from a map only where they are asked for, scored by the map."""

import numpy as np

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.study import Target
from isocenter.methods._exam.maps import mask_of, places_of

DOTS = Target(name="dots", type="points", columns="dots", classes=("space",))
DRAWN = Target(name="drawn", type="mask", columns="drawn", classes=("background", "lesion"))


def said():
    samples = np.zeros((1, 40, 30), np.float32)
    samples[0, 5, 5], samples[0, 30, 20] = 2.0, 4.0
    return held_image(samples, plain_grid((40, 30), spacing=(0.5, 0.5), world="plane_mm"))


def test_the_strongest_place_comes_first_at_its_place_in_the_world():
    found = places_of(said(), DOTS, above=1.0)
    assert found.world[:2].tolist() == [[15.0, 10.0], [2.5, 2.5]]
    assert found.score[0] > found.score[1] > 0.5
    assert (found.score[2:] < 0.5).all()


def test_outside_what_is_asked_about_nothing_is_found():
    where = np.zeros((40, 30), bool)
    where[:20] = True
    found = places_of(said(), DOTS, above=1.0, where=where)
    assert found.world[0].tolist() == [2.5, 2.5]
    assert (found.world[:, 0] < 10).all()
    assert mask_of(said(), DRAWN, above=1.0, where=where).labels.array().sum() == 1
    assert mask_of(said(), DRAWN, above=1.0).labels.array().sum() == 2
