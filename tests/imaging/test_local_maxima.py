"""Bumps of known place and height are found, largest first; a flat top counts once."""

import numpy as np

from isocenter.imaging.local_maxima import local_maxima


def test_bumps_are_found_largest_first():
    image = np.zeros((40, 30))
    for (i, j), height in (((10, 5), 1.0), ((30, 20), 3.0), ((10, 22), 2.0)):
        image[i - 1 : i + 2, j - 1 : j + 2] += height / 2
        image[i, j] += height / 2
    found = local_maxima(image, distance=3.0, spacing=(1.0, 1.0), above=0.1)
    assert found.index.tolist() == [[30, 20], [10, 22], [10, 5]]
    assert np.allclose(found.value, [3, 2, 1])


def test_a_flat_top_counts_once():
    image = np.zeros((20, 20))
    image[5:8, 5:8] = 1.0
    assert len(local_maxima(image, distance=3.0, spacing=(1.0, 1.0), above=0.5).index) == 1


def test_distance_is_in_world_units():
    image = np.zeros((20, 20))
    image[5, 10], image[9, 10] = 1.0, 2.0
    assert len(local_maxima(image, distance=3.0, spacing=(1.0, 1.0), above=0.5).index) == 2
    assert local_maxima(image, distance=3.0, spacing=(0.5, 1.0), above=0.5).index.tolist() == [[9, 10]]


def test_an_empty_map_has_no_maxima_and_no_more_than_asked_for_are_kept():
    assert len(local_maxima(np.zeros((8, 8)), distance=2.0, spacing=(1.0, 1.0), above=0.0).index) == 0
    noise = np.random.default_rng(0).random((50, 50))
    assert len(local_maxima(noise, distance=1.0, spacing=(1.0, 1.0), most=7).index) == 7
