"""Filling: the count wanted, no more and no less, and more holds all of less."""

import numpy as np
import pytest

from isocenter.phantoms.tomograph.box import Box
from isocenter.phantoms.tomograph.filling import fill

BOX = Box(shape=(10, 8, 6), spacing_mm=(1.0, 1.0, 1.0))
ALL = np.ones(BOX.shape, bool)


@pytest.fixture
def land(rng):
    return rng.standard_normal(BOX.finer(2).shape).astype(np.float32)


@pytest.mark.parametrize("count", [0, 1, 100, 480, 999])
def test_the_count_is_the_one_wanted(land, count):
    assert fill(BOX, 2, land, count, ALL, ALL).coarse.sum() == min(count, 480)


def test_a_voxel_is_filled_when_half_of_it_is(land):
    filled = fill(BOX, 2, land, 90, ALL, ALL)
    np.testing.assert_array_equal(BOX.average(filled.fine.astype(np.float32), 2) >= 0.5, filled.coarse)


def test_more_holds_all_of_less(land):
    less, more = fill(BOX, 2, land, 50, ALL, ALL), fill(BOX, 2, land, 200, ALL, ALL)
    assert more.coarse[less.coarse].all()
    assert more.fine[less.fine].all()


def test_the_count_is_of_one_part_and_the_level_holds_for_what_is_allowed(land):
    part = ALL.copy()
    part[5:] = False
    filled = fill(BOX, 2, land, 60, part, ALL)
    assert (filled.coarse & part).sum() == 60
    assert (filled.coarse & ~part).any()
    assert not (fill(BOX, 2, land, 60, part, part).coarse & ~part).any()


def test_what_can_hold_nothing_stays_empty(land):
    filled = fill(BOX, 2, np.full_like(land, -np.inf), 5, ALL, ALL)
    assert not filled.coarse.any()
    assert not filled.fine.any()
