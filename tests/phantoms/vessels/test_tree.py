"""Trees: Murray's law at every branching."""

import numpy as np
import pytest

from isocenter.phantoms.vessels.settings import TOF
from isocenter.phantoms.vessels.tree import Branch, Tree, arrival_s, grow_tree, murray_angles, narrow


@pytest.fixture
def tree():
    return grow_tree(TOF, np.random.default_rng(1), field_mm=60.0, smallest_mm=0.4)


def test_the_cubes_of_the_daughters_radii_sum_to_the_parents(tree):
    pairs = [(b.healthy, [tree.branches[c].healthy for c in tree.children(i)]) for i, b in enumerate(tree.branches)]
    forks = [(r0, kids) for r0, kids in pairs if len(kids) == 2]
    assert len(forks) > 10
    for r0, kids in forks:
        assert r0**3 == pytest.approx(kids[0] ** 3 + kids[1] ** 3)


def test_a_daughter_begins_where_its_parent_ends(tree):
    for branch in tree.branches:
        if branch.parent >= 0:
            np.testing.assert_allclose(branch.line[0], tree.branches[branch.parent].line[-1])


def test_parents_come_before_children(tree):
    assert all(branch.parent < index for index, branch in enumerate(tree.branches))


def test_equal_daughters_leave_at_37_degrees_and_a_half():
    radius = 0.5 ** (1 / 3)
    first, second = murray_angles(1.0, radius, radius)
    assert np.rad2deg(first) == pytest.approx(37.47, abs=0.01)  # Murray 1926: 75 degrees between two equal branches
    assert first == second


def test_the_thinner_daughter_bends_more():
    thin, thick = 0.3 ** (1 / 3), 0.7 ** (1 / 3)
    to_thin, to_thick = murray_angles(1.0, thin, thick)
    assert to_thin > to_thick


def test_blood_arrives_later_in_children(tree):
    times = arrival_s(tree, 300.0)
    assert all(times[i][0] == times[b.parent][1] for i, b in enumerate(tree.branches) if b.parent >= 0)
    assert all(end > start for start, end in times)


def test_a_straight_root_is_passed_in_length_over_speed():
    line = np.array([[0.0, 0, 0], [0, 0, 100.0]])
    root = Branch(line=line, radius=np.ones(2), healthy=1.0, parent=-1)
    assert arrival_s(Tree(branches=(root,)), 200.0) == [(0.0, 0.5)]


def test_a_stenosis_leaves_its_share_of_the_radius_and_its_neighbours_alone(tree):
    changed = narrow(tree, 1, 0.4)
    assert changed.branches[1].radius.min() == pytest.approx(0.4 * tree.branches[1].healthy)
    assert changed.branches[1].healthy == tree.branches[1].healthy
    np.testing.assert_array_equal(changed.branches[0].radius, tree.branches[0].radius)
