"""Objects of masks as points."""

import dataclasses

import numpy as np
import pytest

from isocenter.core.image import held_image
from isocenter.metrics.per_case.center_f1 import METRIC, center_f1_at

from ..pairs import mask_pair, values


def disks(*centers, radius=6):
    x, y = np.indices((80, 80))
    return sum(((x - a) ** 2 + (y - b) ** 2 <= radius**2) for a, b in centers).astype(int)


def test_a_shifted_object_is_found_within_the_radius_and_an_extra_one_counts_against():
    pair = mask_pair(disks((20, 20), (60, 60)), disks((24, 20), (60, 60), (20, 60)))
    assert values(METRIC(pair))["center_f1"] == pytest.approx(2 * 2 / (2 * 2 + 1))
    assert values(center_f1_at(3)(pair))["center_f1"] == pytest.approx(2 * 1 / (2 * 1 + 2 + 1))


def test_the_radius_is_in_the_units_of_the_mask():
    truth, answer = disks((20, 20)), disks((24, 20))
    assert values(METRIC(mask_pair(truth, answer, spacing=(1.0, 1.0))))["center_f1"] == 1.0
    assert values(METRIC(mask_pair(truth, answer, spacing=(2.0, 2.0))))["center_f1"] == 0.0  # 4 samples are 8 mm


def test_touching_objects_that_the_file_numbers_are_two():
    both = disks((20, 30), (30, 30))
    pair = mask_pair(both, both)
    halves = np.where(np.arange(80)[:, None] < 25, 1, 2) * both
    numbered = dataclasses.replace(pair.truth, objects=held_image(halves[None], pair.truth.grid))
    assert values(METRIC(dataclasses.replace(pair, truth=numbered)))["center_f1"] == 1.0  # the watershed parts the answer


def test_nothing_found_is_zero_and_nothing_at_all_says_nothing():
    assert values(METRIC(mask_pair(disks((20, 20)), disks((20, 20)) * 0)))["center_f1"] == 0.0
    assert np.isnan(values(METRIC(mask_pair(disks((20, 20)) * 0, disks((20, 20)) * 0)))["center_f1"])
