"""Lesion-wise numbers of one scan, by size and class."""

import dataclasses
import math

import numpy as np
import pytest

from isocenter.core.image import held_image
from isocenter.metrics.per_case.lesion_f1 import METRIC

from ..pairs import mask_pair, values

MM = (1.0, 1.0, 1.0)


def volume(*boxes, value=1):
    labels = np.zeros((30, 30, 30), int)
    for corner, side in boxes:
        labels[tuple(slice(c, c + side) for c in corner)] = value
    return labels


def test_each_size_has_its_own_numbers():
    # cubes of 2, 4 and 8 mm have diameters of 2.5, 5.0 and 9.9 mm
    truth = volume(((0, 0, 0), 2), ((0, 0, 10), 2), ((10, 0, 0), 4), ((20, 20, 20), 8))
    answer = volume(((0, 0, 0), 2), ((20, 20, 20), 8), ((0, 20, 0), 4))
    found = values(METRIC(mask_pair(truth, answer, spacing=MM)))
    assert found["lesion_f1"] == pytest.approx(4 / 7)
    assert (found["lesion_sensitivity"], found["false_lesions"]) == (0.5, 1)
    assert (found["lesion_f1_small"], found["lesion_f1_medium"], found["lesion_f1_large"]) == (pytest.approx(2 / 3), 0.0, 1.0)
    assert (found["false_lesions_small"], found["false_lesions_medium"]) == (0, 1)


def test_a_size_that_does_not_occur_is_nan_and_has_no_false_lesions():
    one = volume(((0, 0, 0), 2))
    found = values(METRIC(mask_pair(one, one, spacing=MM)))
    assert math.isnan(found["lesion_f1_large"])
    assert found["false_lesions_large"] == 0


def test_lesions_numbered_in_the_file_count_each_though_they_touch():
    both = volume(((0, 0, 0), 4), ((4, 0, 0), 4))
    pair = mask_pair(both, volume(((0, 0, 0), 4)), spacing=MM)
    numbers = np.where(np.arange(30)[:, None, None] < 4, 1, 2) * both
    split = dataclasses.replace(pair, truth=dataclasses.replace(pair.truth, objects=held_image(numbers[None], pair.truth.grid)))
    assert values(METRIC(split))["lesion_sensitivity"] == 0.5
    assert values(METRIC(pair))["lesion_sensitivity"] == 1.0


def test_classes_are_counted_apart_and_together():
    truth = volume(((0, 0, 0), 4)) + volume(((10, 10, 10), 4), value=2)
    answer = volume(((0, 0, 0), 4), ((10, 10, 10), 4))  # the second one given the wrong class
    found = values(METRIC(mask_pair(truth, answer, names=("background", "bleed", "cyst"), spacing=MM)))
    assert (found["lesion_f1_bleed"], found["lesion_f1_cyst"]) == (pytest.approx(2 / 3), 0.0)
    assert found["lesion_f1"] == pytest.approx(0.5)


def test_what_lies_outside_the_region_is_not_judged():
    truth, answer = volume(((0, 0, 0), 4)), volume(((0, 0, 0), 4), ((20, 20, 20), 4))
    region = np.arange(30)[:, None, None] < 15
    found = values(METRIC(mask_pair(truth, answer, spacing=MM, region=np.broadcast_to(region, truth.shape))))
    assert (found["lesion_f1"], found["false_lesions"]) == (1.0, 0)


def test_without_millimetres_sizes_are_pixels():
    truth = np.zeros((60, 60), int)
    truth[:20, :20] = 1  # a diameter of 22.6 px
    found = values(METRIC(mask_pair(truth, truth)))
    assert found["lesion_f1_medium"] == 1.0
