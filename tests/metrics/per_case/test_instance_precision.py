"""Objects of a case."""

import dataclasses

import numpy as np
import pytest

from isocenter.core.image import held_image
from isocenter.core.mask import Mask
from isocenter.metrics.per_case.instance_precision import METRIC

from ..pairs import mask_pair, values


def disks(*centers, radius=8):
    x, y = np.indices((60, 60))
    return [(x - a) ** 2 + (y - b) ** 2 <= radius**2 for a, b in centers]


def numbered(mask: Mask, objects) -> Mask:
    return dataclasses.replace(mask, objects=held_image(np.asarray(objects)[None], mask.grid))


def test_touching_nuclei_numbered_in_the_file_are_parted_in_the_answer_by_watershed():
    one, two = disks((20, 30), (34, 30))
    both = (one | two).astype(int)
    pair = mask_pair(both, both, names=("background", "nucleus"))
    with_numbers = dataclasses.replace(pair, truth=numbered(pair.truth, np.where(one, 1, np.where(two, 2, 0))))
    assert values(METRIC(with_numbers))["instance_precision"] == 1.0
    # without the file's numbers the two are one connected part, of which the answer makes two halves
    assert values(METRIC(pair))["instance_precision"] <= 0.5


def test_an_answer_that_numbers_its_objects_is_taken_at_its_word():
    one, two = disks((20, 30), (34, 30))
    both = (one | two).astype(int)
    pair = mask_pair(both, both, names=("background", "nucleus"))
    truth = numbered(pair.truth, np.where(one, 1, np.where(two, 2, 0)))
    merged = numbered(pair.answer, both)
    found = values(METRIC(dataclasses.replace(pair, truth=truth, answer=merged)))["instance_precision"]
    assert found == pytest.approx(1 / 2)  # the first disk is a little over half of the merged object


def test_the_probability_map_helps_to_part_them():
    bar = np.zeros((60, 60), int)
    bar[5:55, 20:36] = 1
    numbers = np.where(bar > 0, np.where(np.arange(60)[:, None] < 30, 1, 2), 0)
    valley = bar * np.where(abs(np.arange(60) - 30) < 4, 0.3, 1.0)[:, None]
    pair = mask_pair(bar, bar, names=("background", "nucleus"))
    pair = dataclasses.replace(pair, truth=numbered(pair.truth, numbers))
    map_ = held_image(np.stack([1 - valley, valley]), pair.truth.grid, channels=("background", "nucleus"))
    assert values(METRIC(pair))["instance_precision"] < 1.0
    helped = dataclasses.replace(pair, extras={"organ:probability": map_})
    assert values(METRIC(helped))["instance_precision"] == 1.0


def test_nothing_found_is_zero():
    (one,) = disks((20, 30))
    assert values(METRIC(mask_pair(one.astype(int), np.zeros((60, 60), int))))["instance_precision"] == 0.0
