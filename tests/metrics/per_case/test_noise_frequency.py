"""Noise frequency of waves whose frequency is known."""

import math

import numpy as np
import pytest

from isocenter.metrics.per_case.noise_frequency import METRIC

from .test_image_error import pair


@pytest.mark.parametrize("period", [4, 8, 16])
def test_a_wave_has_its_own_frequency(period):
    wave = np.sin(2 * np.pi * np.arange(64) / period)[None, :, None] * np.ones((1, 64, 64))
    found = METRIC(pair(np.zeros((1, 64, 64)), wave))[0]
    assert found.value == pytest.approx(1 / period, rel=0.12)
    assert found.unit.startswith("1/")


def test_without_an_error_there_is_none():
    assert math.isnan(METRIC(pair(np.zeros((1, 8, 8)), np.zeros((1, 8, 8))))[0].value)
