"""Places matched one to one."""

import math
from itertools import permutations

import numpy as np
import pytest

from isocenter.core.points import Points
from isocenter.metrics.matching import box_overlap, half_spacing, match_boxes, match_points


def places(world, *, kind=None, names=("cell", "other"), extent=None):
    world = np.asarray(world, float).reshape(-1, 2)
    return Points(
        world=world,
        kind=np.zeros(len(world), np.intp) if kind is None else np.asarray(kind),
        score=np.full(len(world), np.nan),
        names=names,
        extent=None if extent is None else np.broadcast_to(np.asarray(extent, float), world.shape),
    )


ROW = [(0, 0), (10, 0), (20, 0)]


def test_the_radius_is_half_the_distance_of_neighbors():
    assert half_spacing(np.array(ROW)) == 5


def test_a_truth_counts_once_and_an_answer_out_of_reach_not_at_all():
    matches = match_points(places(ROW), places([(1, 0), (2, 0), (10, 5.1)]))
    assert (matches.hits, matches.truths, matches.answers) == (1, 3, 3)


def test_another_kind_is_no_hit():
    assert match_points(places(ROW), places(ROW, kind=[0, 1, 0])).hits == 2


def test_kinds_are_compared_by_name_not_by_number():
    assert match_points(places(ROW), places(ROW, kind=[1, 1, 1], names=("other", "cell"))).hits == 3


@pytest.mark.parametrize("seed", range(10))
def test_no_assignment_has_more_hits(seed):
    rng = np.random.default_rng(seed)
    truth, answer = rng.uniform(0, 10, (5, 2)), rng.uniform(0, 10, (5, 2))
    near = np.linalg.norm(truth[:, None] - answer[None], axis=2) <= half_spacing(truth)
    best = max(sum(near[i, j] for i, j in enumerate(order)) for order in permutations(range(5)))
    assert match_points(places(truth), places(answer)).hits == best


def test_one_truth_alone_has_no_radius():
    assert math.isnan(match_points(places([(0, 0)]), places([(0, 0)])).f1)
    assert match_points(places([(0, 0)]), places([])).f1 == 0


def test_nothing_on_either_side_is_not_measurable():
    matches = match_points(places([]), places([]))
    assert math.isnan(matches.f1)
    assert math.isnan(matches.recall)
    assert math.isnan(matches.precision)


def test_overlap_of_two_boxes_shifted_by_half():
    assert box_overlap(places([(0, 0)], extent=(2, 2)), places([(1, 0)], extent=(2, 2)))[0, 0] == pytest.approx(1 / 3)


def test_the_overlap_asked_for_decides():
    truth, answer = places([(0, 0)], extent=(2, 2)), places([(1, 0)], extent=(2, 2))
    assert match_boxes(truth, answer, overlap=0.3).hits == 1
    assert match_boxes(truth, answer, overlap=0.5).hits == 0
