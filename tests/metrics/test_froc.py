"""Lesions count once, further hits are neither true nor false, and the rate is of false positives a scan."""

import numpy as np
import pytest

from isocenter.core.points import Points
from isocenter.metrics.froc import MOST, candidates, false_positives_at, sensitivities, sensitivity_at
from isocenter.metrics.registry import per_cohort

ONE = np.ones((1, 2))


def points(*places, scores=None, extent=None):
    world = np.asarray(places, float).reshape(-1, 2)
    score = np.full(len(world), np.nan) if scores is None else np.asarray(scores, float)
    size = None if extent is None else np.full_like(world, extent)
    return Points(world=world, kind=np.zeros(len(world), int), score=score, names=("lesion",), extent=size)


TRUTHS = [points((0, 0), (20, 0)), points((5, 5))]
ANSWERS = [
    points((0.5, 0), (1, 0), (50, 50), (20, 1), scores=(0.9, 0.8, 0.7, 0.2)),
    points((80, 80), (5, 5), scores=(0.6, 0.5)),
]


def test_every_candidate_is_a_first_hit_a_further_hit_or_false():
    judged = candidates(TRUTHS, ANSWERS, radius=3.0)
    assert judged.found.tolist() == [True, False, False, True, False, True]
    assert judged.false.tolist() == [False, False, True, False, True, False]
    assert judged.lesions.tolist() == [2.0, 1.0]


@pytest.mark.parametrize(("rate", "expected"), [(0.0, 1 / 3), (0.5, 1 / 3), (1.0, 1.0), (8.0, 1.0)])
def test_sensitivity_by_hand(rate, expected):
    assert sensitivity_at(rate, candidates(TRUTHS, ANSWERS, radius=3.0), ONE)[0] == pytest.approx(expected)


def test_weights_are_repeated_scans():
    judged = candidates(TRUTHS, ANSWERS, radius=3.0)
    twice = candidates([*TRUTHS, TRUTHS[0]], [*ANSWERS, ANSWERS[0]], radius=3.0)
    for rate in (0.4, 0.7, 1.0):
        weighted = sensitivity_at(rate, judged, np.array([[2.0, 1.0]]))[0]
        assert weighted == pytest.approx(sensitivity_at(rate, twice, np.ones((1, 3)))[0])


def test_a_box_is_hit_inside_alone():
    truth = [points((0, 0), extent=4.0)]
    inside, outside = [points((1.9, 1.9), scores=(0.5,))], [points((2.1, 0), scores=(0.5,))]
    assert candidates(truth, inside, radius=0.1).found.tolist() == [True]
    assert candidates(truth, outside, radius=9.0).false.tolist() == [True]


def test_no_candidates_find_nothing_and_no_lesions_give_no_number():
    nothing = candidates(TRUTHS, [points(), points()], radius=3.0)
    assert sensitivity_at(1.0, nothing, ONE)[0] == 0.0
    healthy = candidates([points(), points()], ANSWERS, radius=3.0)
    assert np.isnan(sensitivity_at(1.0, healthy, ONE)[0])


def test_the_named_metrics_read_the_same_curve():
    assert per_cohort().get("sensitivity_at_1_5_fp").function(TRUTHS, ANSWERS, ONE)[0] == pytest.approx(1.0)
    assert per_cohort().get("cpm").function(TRUTHS, ANSWERS, ONE)[0] == pytest.approx((3 * (1 / 3) + 4 * 1.0) / 7)


@pytest.mark.parametrize(("sensitivity", "expected"), [(1 / 3, 0.0), (0.5, 1.0), (1.0, 1.0)])
def test_false_positives_at_a_sensitivity_by_hand(sensitivity, expected):
    assert false_positives_at(sensitivity, candidates(TRUTHS, ANSWERS, radius=3.0), ONE)[0] == pytest.approx(expected)


def test_a_sensitivity_never_reached_costs_all_candidates():
    judged = candidates(TRUTHS, [ANSWERS[0], points()], radius=3.0)
    assert false_positives_at(0.85, judged, ONE)[0] == MOST
    assert np.isnan(false_positives_at(0.85, candidates([points()], [points()], radius=3.0), np.ones((1, 1)))[0])


def test_many_rates_at_once_are_one_after_the_other():
    judged, weights = candidates(TRUTHS, ANSWERS, radius=3.0), np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0]])
    rates = (0.0, 0.4, 1.0, 8.0)
    one_by_one = np.column_stack([sensitivity_at(rate, judged, weights) for rate in rates])
    assert np.array_equal(sensitivities(rates, judged, weights), one_by_one)
