"""SSIM of a case; more in test_image_error.py."""

import math

import numpy as np
import pytest

from isocenter.metrics.per_case.ssim import METRIC

from .test_image_error import pair


def test_noise_lowers_it_and_an_image_smaller_than_a_window_has_none(rng):
    truth = np.cumsum(rng.normal(size=(1, 20, 20)), axis=1)
    little, much = (METRIC(pair(truth, truth + rng.normal(size=truth.shape) * s))[0].value for s in (0.1, 5.0))
    assert 1.0 > little > much
    assert METRIC(pair(truth, truth))[0].value == pytest.approx(1.0)
    assert math.isnan(METRIC(pair(truth[:, :5], truth[:, :5]))[0].value)


def test_a_volume_of_one_slice_is_a_picture(rng):
    truth = np.cumsum(rng.normal(size=(1, 20, 20)), axis=1)
    answer = truth + rng.normal(size=truth.shape)
    flat, deep = (METRIC(pair(t, a))[0].value for t, a in ((truth, answer), (truth[..., None], answer[..., None])))
    assert deep == pytest.approx(flat)
