"""clDice of a case."""

import numpy as np
import pytest

from isocenter.metrics.per_case.centerline_dice import METRIC

from ..pairs import mask_pair, values


def test_a_vessel_drawn_too_wide_scores_one():
    truth, answer = np.zeros((60, 31), int), np.zeros((60, 31), int)
    truth[5:55, 14:17] = 1
    answer[5:55, 12:19] = 1
    assert values(METRIC(mask_pair(truth, answer, names=("background", "vessel")))) == pytest.approx(
        {"centerline_dice_vessel": 1.0, "centerline_dice": 1.0}
    )
