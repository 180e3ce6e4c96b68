"""PSNR of a case by hand; more in test_image_error.py."""

import numpy as np
import pytest

from isocenter.metrics.per_case.psnr import METRIC

from .test_image_error import pair


def test_an_error_of_a_tenth_of_the_span_is_20_db():
    truth = np.linspace(0, 1, 100).reshape(1, 10, 10)
    assert METRIC(pair(truth, truth + 0.1))[0].value == pytest.approx(20.0)
