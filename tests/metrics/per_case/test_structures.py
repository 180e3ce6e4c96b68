"""Structures of which a case has one each: distances known by construction."""

import math

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.core.points import Points
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case import box_center_distance, box_wall_distance, landmark_error

NAMES = ("liver", "spleen")


def places(world, *, kind, extent=None, score=None, names=NAMES):
    world = np.asarray(world, float).reshape(len(kind), -1) if len(kind) else np.zeros((0, 3))
    return Points(
        world=world,
        kind=np.asarray(kind, np.intp),
        score=np.full(len(kind), np.nan) if score is None else np.asarray(score, float),
        names=names,
        extent=None if extent is None else np.broadcast_to(np.asarray(extent, float), world.shape),
    )


def measured(metric, truth, answer):
    kind = "points" if truth.extent is None else "boxes"
    target = Target(name="organs", type=kind, columns=("t",), classes=truth.names)
    return {m.name: m for m in metric.METRIC(Pair(case="a", target=target, truth=truth, answer=answer))}


def test_each_wall_counts_once():
    truth = places([[10, 20, 30]], kind=[0], extent=[4, 6, 8], names=("liver",))
    wider = places([[11, 20, 30]], kind=[0], extent=[6, 6, 8], names=("liver",))  # the right wall moved by 2 mm, no other
    found = measured(box_wall_distance, truth, wider)
    assert found["box_wall_distance"].value == pytest.approx(2 / 6)
    assert found["box_wall_distance"].unit == "mm"
    assert found["box_wall_distance_miss"].value == 0
    assert set(found) == {"box_wall_distance", "box_wall_distance_miss"}
    assert measured(box_center_distance, truth, wider)["box_center_distance"].value == pytest.approx(1)


def test_a_box_moved_as_a_whole_moves_all_its_walls():
    truth = places([[0, 0, 0]], kind=[1], extent=[4, 6, 8])
    moved = places([[3, 4, 0]], kind=[1], extent=[4, 6, 8])
    found = measured(box_wall_distance, truth, moved)
    assert found["box_wall_distance_spleen"].value == pytest.approx((3 + 3 + 4 + 4) / 6)
    assert math.isnan(found["box_wall_distance_liver"].value)
    assert found["box_wall_distance"].value == found["box_wall_distance_spleen"].value
    assert measured(box_center_distance, truth, moved)["box_center_distance"].value == pytest.approx(5)


def test_the_surest_answer_is_measured_and_not_the_nearest():
    truth = places([[0, 0, 0]], kind=[0])
    answer = places([[0, 0, 0], [0, 0, 7]], kind=[0, 0], score=[0.6, 0.9])
    assert measured(landmark_error, truth, answer)["landmark_error"].value == pytest.approx(7)


def test_what_one_side_lacks_is_a_miss_and_no_distance():
    both = places([[0, 0, 0], [5, 5, 5]], kind=[0, 1])
    one = places([[0, 0, 2]], kind=[0], score=[0.9])
    for truth, answer in ((both, one), (one, both)):
        found = measured(landmark_error, truth, answer)
        assert found["landmark_error_liver"].value == pytest.approx(2)
        assert math.isnan(found["landmark_error_spleen"].value)
        assert found["landmark_error"].value == pytest.approx(2)
        assert found["landmark_error_miss_spleen"].value == 1
        assert found["landmark_error_miss"].value == pytest.approx(0.5)


def test_an_unsure_answer_is_none():
    truth, answer = places([[0, 0, 0]], kind=[0]), places([[0, 0, 0]], kind=[0], score=[0.4])
    found = measured(landmark_error, truth, answer)
    assert math.isnan(found["landmark_error"].value)
    assert found["landmark_error_miss_liver"].value == 1


def test_nothing_on_either_side_is_neither_near_nor_missed():
    nothing = places([], kind=[])
    assert all(math.isnan(m.value) for m in measured(landmark_error, nothing, nothing).values())


def test_several_of_a_kind_are_paired_closest_in_sum():
    truth = places([[0, 0, 0], [10, 0, 0]], kind=[0, 0], names=("vertebra",))
    answer = places([[11, 0, 0], [1, 0, 0]], kind=[0, 0], names=("vertebra",))
    assert measured(landmark_error, truth, answer)["landmark_error"].value == pytest.approx(1)


def test_pictures_say_that_their_unit_is_that_of_their_world():
    flat = places([[3, 4]], kind=[0])
    assert measured(landmark_error, flat, places([[0, 0]], kind=[0]))["landmark_error"].unit == "{world}"


def test_answers_of_other_kinds_are_refused():
    truth = places([[0, 0, 0]], kind=[0])
    with pytest.raises(StudyError, match="kinds"):
        measured(landmark_error, truth, places([[0, 0, 0]], kind=[0], names=("lung", "heart")))
