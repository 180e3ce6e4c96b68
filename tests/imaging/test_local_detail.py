"""Local detail: neither brightness nor contrast nor a shade over the picture changes it."""

import numpy as np

from isocenter.imaging.local_detail import local_detail

RNG = np.random.default_rng(0)


def test_brightness_contrast_and_a_slow_shade_change_little():
    picture = RNG.normal(0, 10, (64, 64))
    shade = 60 * np.hypot(*np.meshgrid(np.linspace(-1, 1, 64), np.linspace(-1, 1, 64)))
    plain, other = local_detail(picture, 3.0, floor=0.01), local_detail(5 * picture + 100 + shade, 3.0, floor=0.01)
    assert np.corrcoef(plain.ravel(), other.ravel())[0, 1] > 0.98


def test_contrast_below_the_floor_is_not_made_larger():
    faint = local_detail(RNG.normal(0, 0.01, (64, 64)), 3.0, floor=2.0)
    assert np.abs(faint).max() < 0.05
    assert local_detail(np.full((64, 64), 7.0, np.float32), 3.0, floor=2.0).dtype == np.float32
