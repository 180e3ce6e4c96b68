"""Boxes to maps and back."""

import numpy as np
import pytest

from isocenter.learning.center_maps import boxes_in, center_maps

USUAL = {2: (10.0, 8.0), 3: (10.0, 8.0, 6.0)}


def found_again(center, side, kind, shape, **changes):
    maps = center_maps(center, side, kind, count=2, shape=shape, usual=USUAL[len(shape)])
    told = {"usual": USUAL[len(shape)], "above": 0.3, "most": 20, "most_overlap": 0.5} | changes
    return boxes_in(maps[:2], np.nan_to_num(maps[2:]), **told)


@pytest.mark.parametrize("shape", [(60, 50), (40, 36, 30)])
def test_boxes_come_back(shape):
    axes = len(shape)
    center = np.array([[12.0, 11, 9], [30, 25, 20], [12, 28, 22]])[:, :axes]
    side = np.array([[9.0, 7, 5], [14, 12, 10], [5, 20, 6]])[:, :axes]
    kind = np.array([0, 1, 1])
    found = found_again(center, side, kind, shape)
    order = np.lexsort(found.center.T[::-1])
    wanted = np.lexsort(center.T[::-1])
    np.testing.assert_allclose(found.center[order], center[wanted], atol=1e-6)
    np.testing.assert_allclose(found.side[order], side[wanted], rtol=1e-5)
    np.testing.assert_array_equal(found.kind[order], kind[wanted])
    np.testing.assert_allclose(found.score, 1.0)


def test_a_center_between_samples_is_found_between_them():
    x = np.arange(20.0)
    plane = np.exp(-0.5 * ((x[:, None] - 9.3) ** 2 + (x[None] - 6.8) ** 2) / 4)
    sizes = np.zeros((2, 20, 20))
    found = boxes_in(plane[None], sizes, usual=(4.0, 4.0), above=0.5, most=5, most_overlap=0.5)
    np.testing.assert_allclose(found.center, [[9.3, 6.8]], atol=1e-6)


def test_of_two_that_overlap_the_likelier_stays():
    heat = np.zeros((2, 20, 20))
    heat[0, 10, 10], heat[1, 11, 10], heat[0, 3, 3] = 0.9, 0.6, 0.5
    found = boxes_in(heat, np.zeros((2, 20, 20)), usual=(8.0, 8.0), above=0.1, most=9, most_overlap=0.5)
    assert found.score.tolist() == [0.9, 0.5]
    both = boxes_in(heat, np.zeros((2, 20, 20)), usual=(8.0, 8.0), above=0.1, most=9, most_overlap=0.95)
    assert len(both.score) == 3


def test_a_center_outside_the_image_is_at_its_border():
    maps = center_maps(np.array([[-2.0, 30.0]]), np.array([[8.0, 8.0]]), np.array([0]), count=1, shape=(20, 20), usual=(8.0, 8.0))
    assert np.argwhere(maps[0] == 1).tolist() == [[0, 19]]


def test_no_box_is_an_empty_map():
    maps = center_maps(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, int), count=3, shape=(8, 9), usual=(4.0, 4.0))
    assert maps.shape == (5, 8, 9)
    assert not maps[:3].any()
    assert np.isnan(maps[3:]).all()
    found = boxes_in(maps[:3], np.nan_to_num(maps[3:]), usual=(4.0, 4.0), above=0.1, most=5, most_overlap=0.5)
    assert found.center.shape == (0, 2)
