"""Patches around foreground hold it."""

import numpy as np

from isocenter.learning.around import Around
from isocenter.learning.places import CasePlaces


def test_every_patch_holds_a_voxel_of_the_foreground(rng: np.random.Generator) -> None:
    dots = np.array([[0, 0], [59, 59], [30, 10]], np.int32)
    around = Around([CasePlaces(shape=(60, 60), classes={1: dots})], (9, 9), rng)
    for _ in range(50):
        start = np.array(around.draw().start)
        assert ((dots >= start) & (dots < start + 9)).all(axis=1).any()
        assert (start >= 0).all()
        assert (start + 9 <= 60).all()


def test_cases_without_foreground_are_passed_over_unless_none_has_any(rng: np.random.Generator) -> None:
    empty, full = CasePlaces(shape=(60, 60), classes={}), CasePlaces(shape=(60, 60), classes={1: np.array([[5, 5]], np.int32)})
    assert {Around([empty, full], (9, 9), rng).draw().case for _ in range(5)} == {1}
    assert {spec.case for spec in [Around([empty, empty], (9, 9), rng).draw() for _ in range(12)]} <= {0, 1}
