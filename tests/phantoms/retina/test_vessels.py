"""Retinal vessels keep Murray's law and leave the fovea free."""

import numpy as np
import pytest

from isocenter.phantoms.retina.settings import FUNDUS
from isocenter.phantoms.retina.vessels import bead, draw_disc, grow_vessels, quadrant_of, quadrants_with_veins


@pytest.fixture(scope="module")
def vessels():
    rng = np.random.default_rng(3)
    return grow_vessels(FUNDUS, draw_disc(FUNDUS, rng), rng, smallest=0.02, reach=7.0)


def test_daughters_never_carry_more_than_their_parent(vessels):
    carried = {}
    for branch in vessels.branches:
        if branch.parent >= 0:
            carried[branch.parent] = carried.get(branch.parent, 0.0) + branch.healthy**3
    for parent, cubes in carried.items():
        assert cubes <= vessels.branches[parent].healthy ** 3 * (1 + 1e-9)
    both = [index for index in carried if sum(b.parent == index for b in vessels.branches) == 2]
    assert both
    assert all(carried[index] == pytest.approx(vessels.branches[index].healthy ** 3) for index in both)


def test_a_daughter_starts_where_its_parent_ends_and_is_of_its_kind(vessels):
    for index, branch in enumerate(vessels.branches):
        if branch.parent >= 0:
            np.testing.assert_allclose(branch.line[0], vessels.branches[branch.parent].line[-1])
            assert vessels.vein[index] == vessels.vein[branch.parent]


def test_no_vessel_crosses_the_fovea(vessels):
    inside = [np.linalg.norm(b.line[2:], axis=1) for b in vessels.branches if len(b.line) > 2]
    assert np.concatenate(inside).min() >= FUNDUS["avascular"]


def test_veins_are_wider_than_arteries(vessels):
    wide = np.array([b.healthy for b in vessels.branches])
    assert wide[vessels.vein].max() > wide[~vessels.vein].max()


def test_beading_changes_wide_veins_of_its_quadrants_alone(vessels):
    quadrant = quadrants_with_veins(vessels)[0]
    beaded = bead(vessels, [quadrant])
    changed = [i for i, (a, b) in enumerate(zip(vessels.branches, beaded.branches, strict=True)) if (a.radius != b.radius).any()]
    assert changed
    for index in changed:
        branch = vessels.branches[index]
        assert vessels.vein[index]
        assert quadrant_of(branch.line[len(branch.line) // 2]) == quadrant
