"""Cells of a case, parted by membranes."""

import numpy as np
import pytest

from isocenter.metrics.per_case.foreground_rand import METRIC

from ..pairs import mask_pair, values
from ..test_rand import grid_of_cells


def test_the_class_named_membrane_is_the_border():
    truth, answer = grid_of_cells(2).astype(int), grid_of_cells(3).astype(int)
    pair = mask_pair(truth, answer, names=("cell", "membrane"))
    assert values(METRIC(pair))["foreground_rand"] == pytest.approx(1.0, abs=0.01)
    swapped = mask_pair(2 - truth, 2 - answer, names=("nothing", "membrane", "cell"))
    assert values(METRIC(swapped))["foreground_rand"] == pytest.approx(1.0, abs=0.01)


def test_a_missed_membrane_lowers_the_merge_part():
    answer = np.zeros((60, 60), int)
    found = values(METRIC(mask_pair(grid_of_cells(2).astype(int), answer, names=("cell", "membrane"))))
    assert found["foreground_rand_split"] == 1.0
    assert found["foreground_rand_merge"] == pytest.approx(0.25, abs=0.01)
