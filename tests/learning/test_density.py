"""A map's sum is the number of dots, wherever they lie."""

import numpy as np
import pytest

from isocenter.learning.density import KERNELS, density_map, kernel_peak


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("shape", [(20, 14), (9, 12, 7)])
def test_each_dot_adds_one_even_at_the_border(kernel, shape):
    places = np.array([[0.0] * len(shape), [n - 1.0 for n in shape], [n / 2 + 0.3 for n in shape]])
    maps = density_map(places, np.array([0, 1, 1]), count=2, shape=shape, kernel=kernel, width=2.0)
    np.testing.assert_allclose(maps.reshape(2, -1).sum(axis=1), [1.0, 2.0], rtol=1e-5)
    assert (maps >= 0).all()


def test_a_gaussian_is_the_density_of_its_definition():
    found = density_map(np.array([[20.0, 20.0]]), np.zeros(1, int), count=1, shape=(41, 41), kernel="gaussian", width=2.0)[0]
    x = np.arange(41) - 20.0
    want = np.exp(-(x[:, None] ** 2 + x[None] ** 2) / 8) / (2 * np.pi * 4)
    np.testing.assert_allclose(found, want, atol=3e-4)


def test_a_square_counts_an_object_as_often_as_it_has_samples():
    found = density_map(np.array([[10.0, 10.0]]), np.zeros(1, int), count=1, shape=(21, 21), kernel="square", width=4.0)[0]
    assert (found > 0).sum() == 25
    np.testing.assert_allclose(found[found > 0], 1 / 25, rtol=1e-5)


def test_dots_outside_belong_to_nobody():
    maps = density_map(
        np.array([[-3.0, 5.0], [5.0, 25.0]]), np.zeros(2, int), count=1, shape=(20, 20), kernel="gaussian", width=2.0
    )
    assert not maps.any()


def test_across_a_flat_axis_a_dot_stays_in_its_slice():
    maps = density_map(
        np.array([[5.0, 5.0, 2.2]]), np.zeros(1, int), count=1, shape=(11, 11, 5), kernel="gaussian", width=2.0, flat=(2,)
    )
    assert maps[0, ..., 2].sum() == pytest.approx(1.0, rel=1e-5)


@pytest.mark.parametrize("kernel", KERNELS)
def test_the_peak_is_that_of_a_lone_dot(kernel):
    maps = density_map(np.array([[20.0, 20.0]]), np.zeros(1, int), count=1, shape=(41, 41), kernel=kernel, width=3.0)
    assert maps.max() == pytest.approx(kernel_peak(kernel, 3.0, axes=2), rel=1e-4)
