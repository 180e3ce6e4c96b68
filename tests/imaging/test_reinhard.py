"""Colors take on a reference's mean and spread."""

import numpy as np
from skimage.color import rgb2lab

from isocenter.imaging.reinhard import fit_colors, mean_colors, recolor


def pixels(mean, spread, seed=0):
    rng = np.random.default_rng(seed)
    shade = rng.normal(0, 1, (1, 4000)) * spread + rng.normal(0, spread / 3, (3, 4000))
    return np.clip(np.array(mean)[:, None] + shade, 0, 255).astype(np.uint8)


def test_mean_and_spread_become_the_references():
    here, there = pixels((170, 110, 160), 12), pixels((190, 140, 200), 18, seed=1)
    moved = recolor(there, fit_colors(there), fit_colors(here))
    lab = rgb2lab(moved.T[None] / 255.0)[0]
    wanted = rgb2lab(here.T[None] / 255.0)[0]
    assert np.abs(lab.mean(axis=0) - wanted.mean(axis=0)).max() < 0.5
    assert np.abs(lab.std(axis=0) - wanted.std(axis=0)).max() < 0.6


def test_a_picture_recolored_like_itself_stays():
    picture = pixels((170, 110, 160), 12).reshape(3, 40, 100)
    own = fit_colors(picture)
    assert np.abs(recolor(picture, own, own).astype(int) - picture).max() <= 1


def test_nothing_has_no_colors_and_one_color_is_moved_whole():
    assert fit_colors(np.zeros((3, 0), np.uint8)) is None
    even = np.full((3, 5, 5), 100, np.uint8)
    reference = fit_colors(pixels((170, 110, 160), 12))
    assert np.ptp(recolor(even, fit_colors(even), reference).astype(int), axis=(1, 2)).max() == 0


def test_the_middle_of_colors_is_between():
    found = [fit_colors(pixels((m, 110, 160), 12)) for m in (150, 170, 190)]
    assert mean_colors(found).mean[0] == found[1].mean[0]
