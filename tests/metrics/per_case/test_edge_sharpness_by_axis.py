"""Edge sharpness by axis: blur along one axis is found along that one."""

import math

import numpy as np
import pytest
from scipy import ndimage

from isocenter.metrics.per_case.edge_sharpness_by_axis import METRIC

from .test_image_error import pair


def block():
    truth = np.zeros((1, 32, 32, 32))
    truth[:, 6:26, 6:26, 6:26] = 100.0
    return truth


def test_blur_through_planes_is_found_through_planes_alone():
    truth = block()
    found = {m.name: m.value for m in METRIC(pair(truth, ndimage.gaussian_filter1d(truth, 3.0, axis=3)))}
    assert found["edge_sharpness_by_axis_z"] < 0.35
    assert min(found["edge_sharpness_by_axis_x"], found["edge_sharpness_by_axis_y"]) > 0.75


def test_the_truth_itself_is_as_steep_along_every_axis():
    assert [m.value for m in METRIC(pair(block(), block()))] == pytest.approx([1, 1, 1])


def test_an_axis_along_which_nothing_changes_has_no_edges():
    truth = np.zeros((1, 9, 9))
    truth[:, 4:] = 5.0
    found = {m.name: m.value for m in METRIC(pair(truth, truth))}
    assert found["edge_sharpness_by_axis_x"] == 1
    assert math.isnan(found["edge_sharpness_by_axis_y"])
