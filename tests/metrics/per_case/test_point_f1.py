"""Points of a case."""

import math

import numpy as np
import pytest

from isocenter.core.errors import StudyError
from isocenter.core.points import Points
from isocenter.core.study import Target
from isocenter.core.task import Pair
from isocenter.metrics.per_case.point_f1 import METRIC, point_f1_at

from ..pairs import values


def points(world, kind=None, score=None, names=("cell",)):
    world = np.asarray(world, float).reshape(-1, 2)
    n = len(world)
    return Points(
        world=world,
        kind=np.zeros(n, int) if kind is None else np.asarray(kind),
        score=np.full(n, np.nan) if score is None else np.asarray(score, float),
        names=names,
    )


def pair(truth, answer):
    return Pair(case="a", target=Target(name="dots", type="points", columns=("dots",)), truth=truth, answer=answer)


def test_two_of_three_found_and_one_beside():
    found = values(METRIC(pair(points([[0, 0], [20, 0], [40, 0]]), points([[1, 1], [22, 0], [90, 0]]))))
    assert found == pytest.approx({"point_f1": 2 / 3, "point_precision": 2 / 3, "point_recall": 2 / 3})


def test_the_radius_is_a_choice_and_is_printed():
    one = pair(points([[0, 0]]), points([[4, 0]]))
    assert values(point_f1_at(3.0)(one))["point_f1"] == 0.0
    assert values(point_f1_at(4.0)(one))["point_f1"] == 1.0
    assert "within 4 world units" in point_f1_at(4.0)(one)[0].method


def test_answers_of_low_score_do_not_count():
    found = values(METRIC(pair(points([[0, 0]]), points([[0, 0], [30, 30]], score=[0.9, 0.1]))))
    assert found["point_precision"] == 1.0


def test_the_right_place_of_the_wrong_kind_is_wrong():
    names = ("mitosis", "other")
    found = values(
        METRIC(pair(points([[0, 0], [9, 9]], kind=[0, 1], names=names), points([[0, 0], [9, 9]], kind=[1, 1], names=names)))
    )
    assert found["point_f1_mitosis"] == 0.0
    assert found["point_f1_other"] == pytest.approx(2 / 3)
    assert found["point_f1"] == 0.5


def test_nothing_to_find_and_nothing_found_is_nan_one_of_them_zero():
    assert math.isnan(values(METRIC(pair(points([]), points([]))))["point_f1"])
    assert values(METRIC(pair(points([]), points([[1, 1]]))))["point_f1"] == 0.0


def test_other_kinds_are_refused():
    with pytest.raises(StudyError, match="kinds"):
        METRIC(pair(points([[0, 0]], names=("cell", "debris")), points([[0, 0]], names=("cell", "lymphocyte"))))
    with pytest.raises(StudyError, match="points"):
        METRIC(pair(points([[0, 0]]), "text"))


def test_one_kind_is_the_same_whatever_it_is_called():
    one = pair(points([[1, 1]], names=("space",)), points([[1, 1]], names=("dots",)))
    assert values(METRIC(one))["point_f1"] == 1.0
    with pytest.raises(StudyError, match="expected kinds"):
        METRIC(pair(points([[1, 1]], names=("space", "vessel")), points([[1, 1]], names=("dots",))))
