"""Volumes of a case."""

import numpy as np
import pytest

from isocenter.metrics.per_case.volume import METRIC

from ..pairs import mask_pair, values


def test_both_volumes_in_ml():
    truth, answer = np.zeros((10, 10, 10), int), np.zeros((10, 10, 10), int)
    truth[:5], answer[:4] = 1, 1
    measured = METRIC(mask_pair(truth, answer, spacing=(2.0, 2.0, 2.0)))
    assert values(measured) == pytest.approx({"volume_lung": 3.2, "true_volume_lung": 4.0})
    assert {m.unit for m in measured} == {"mL"}


def test_without_a_pixel_size_samples_are_counted():
    measured = METRIC(mask_pair([[1, 1, 0]], [[1, 0, 0]]))
    assert values(measured) == {"volume_lung": 1.0, "true_volume_lung": 2.0}
    assert {m.unit for m in measured} == {"px"}
