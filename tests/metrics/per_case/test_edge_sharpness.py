"""Edge sharpness of a case by hand."""

import math

import numpy as np
import pytest
from scipy import ndimage

from isocenter.metrics.per_case.edge_sharpness import METRIC

from .test_image_error import pair


def test_half_the_step_is_half_as_steep_and_blur_is_less():
    truth = np.zeros((1, 20, 20))
    truth[:, 10:] = 100.0
    assert METRIC(pair(truth, truth))[0].value == pytest.approx(1)
    assert METRIC(pair(truth, truth / 2 + 7))[0].value == pytest.approx(0.5)
    assert METRIC(pair(truth, ndimage.gaussian_filter(truth, (0, 2, 2))))[0].value < 0.5


def test_a_constant_truth_has_no_edges():
    assert math.isnan(METRIC(pair(np.zeros((1, 8, 8)), np.ones((1, 8, 8))))[0].value)
