"""Volumes in mL, areas in mm2, samples elsewhere."""

import math

import numpy as np
import pytest

from isocenter.metrics.volume import relative_error, size_unit, volume


def test_a_cube_of_10_mm_is_one_ml_whatever_the_spacing():
    assert volume(np.ones((10, 10, 10), bool), spacing=(1, 1, 1), unit="mm") == pytest.approx(1.0)
    assert volume(np.ones((20, 10, 4), bool), spacing=(0.5, 1, 2.5), unit="mm") == pytest.approx(1.0)


def test_a_square_is_in_mm2_and_a_photograph_in_samples():
    assert volume(np.ones((4, 4), bool), spacing=(0.5, 0.5), unit="mm") == pytest.approx(4.0)
    assert volume(np.ones((4, 4), bool), spacing=(0.5, 0.5), unit="px") == 16.0
    assert (size_unit(3, "mm"), size_unit(2, "mm"), size_unit(2, "px")) == ("mL", "mm2", "px")


def test_an_empty_mask_has_volume_zero_and_no_relative_error_against_it():
    assert volume(np.zeros((4, 4), bool), spacing=(1, 1), unit="mm") == 0.0
    assert math.isnan(relative_error(0.0, 5.0))
    assert relative_error(4.0, 5.0) == pytest.approx(0.25)
    assert relative_error(4.0, 0.0) == -1.0
