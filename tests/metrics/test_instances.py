"""Objects by their numbers."""

import math

import numpy as np
import pytest

from isocenter.core.errors import GeometryError
from isocenter.metrics.instances import match_objects, object_overlaps


def test_overlaps_equal_those_of_each_pair_of_masks(rng):
    truth, answer = rng.integers(0, 4, (20, 20)), rng.integers(0, 5, (20, 20)) * 7
    found = object_overlaps(truth, answer)
    assert found.shape == (3, 4)
    for i, t in enumerate((1, 2, 3)):
        for j, a in enumerate((7, 14, 21, 28)):
            both, either = (truth == t) & (answer == a), (truth == t) | (answer == a)
            assert found[i, j] == pytest.approx(both.sum() / either.sum())


def test_a_merged_pair_of_cells_is_one_miss_each_and_one_extra():
    truth = np.array([[1, 1, 0, 2, 2, 0, 3, 3]])
    answer = np.array([[9, 9, 9, 9, 9, 0, 4, 4]])
    found = match_objects(truth, answer)
    assert (found.paired, found.missed, found.extra) == (1, 2, 1)
    assert found.critical_success == pytest.approx(1 / 4)


def test_half_an_object_is_no_hit():
    """The Data Science Bowl asks for more than 0.5."""
    assert match_objects(np.array([[1, 1, 0]]), np.array([[1, 0, 0]])).paired == 0
    assert match_objects(np.array([[1, 1, 1, 0]]), np.array([[1, 1, 0, 0]])).paired == 1


def test_no_objects():
    empty, one = np.zeros((2, 2), int), np.ones((2, 2), int)
    assert match_objects(one, empty).critical_success == 0.0
    assert match_objects(empty, one).critical_success == 0.0
    assert math.isnan(match_objects(empty, empty).critical_success)


def test_renumbering_changes_nothing(rng):
    truth = rng.integers(0, 30, (30, 30))
    other = np.where(truth > 0, 1000 - truth, 0)
    assert match_objects(truth, other).critical_success == 1.0


def test_shapes_must_agree():
    with pytest.raises(GeometryError):
        match_objects(np.ones((2, 2), int), np.ones((2, 3), int))
