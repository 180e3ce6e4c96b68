"""Either side of the threshold."""

import numpy as np

from isocenter.imaging.otsu import otsu_foreground


def test_two_levels_are_told_apart():
    square = np.zeros((10, 12), bool)
    square[3:6, 4:9] = True
    picture = np.where(square, 200.0, 10.0) + np.random.default_rng(0).normal(0, 3, square.shape)
    assert (otsu_foreground(picture) == square).all()
    assert (otsu_foreground(picture, bright=False) == ~square).all()


def test_an_even_picture_has_no_foreground():
    assert not otsu_foreground(np.ones((4, 4))).any()
    assert otsu_foreground(np.zeros((0, 4))).shape == (0, 4)
