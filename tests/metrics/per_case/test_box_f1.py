"""Boxes of a case."""

import dataclasses

import numpy as np
import pytest

from isocenter.metrics.per_case.box_f1 import METRIC, box_f1_at

from ..pairs import values
from .test_point_f1 import pair, points


def boxes(world, size=4.0):
    places = points(world)
    return dataclasses.replace(places, extent=np.full(places.world.shape, size))


def test_a_box_shifted_by_half_its_width_overlaps_by_a_third():
    shifted = pair(boxes([[10, 10]]), boxes([[12, 10]]))
    assert values(METRIC(shifted))["box_f1"] == 0.0
    assert values(box_f1_at(1 / 3 - 1e-9)(shifted))["box_f1"] == 1.0


def test_two_answers_on_one_lesion_are_one_hit_and_one_too_many():
    found = values(METRIC(pair(boxes([[10, 10]]), boxes([[10, 10], [10.2, 10]]))))
    assert (found["box_recall"], found["box_precision"]) == (1.0, 0.5)
    assert found["box_f1"] == pytest.approx(2 / 3)
