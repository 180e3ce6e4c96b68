"""Discs that touch are told apart; dust is none."""

import numpy as np

from isocenter.imaging.objects import foreground_of, watershed_objects


def discs(*middles, radius=5, shape=(40, 60)):
    x, y = np.indices(shape)
    return np.any([(x - a) ** 2 + (y - b) ** 2 <= radius**2 for a, b in middles], axis=0)


def test_touching_discs_are_two():
    middles, labels = watershed_objects(discs((20, 20), (20, 29)), radius=4, least_area=10)
    assert sorted(middles.round().tolist()) == [[20, 20], [20, 29]]
    assert len(np.unique(labels)) == 3
    for n, (a, b) in enumerate(middles.round().astype(int), start=1):
        assert labels[a, b] == n


def test_dust_is_left_out():
    foreground = discs((20, 20))
    foreground[2, 50] = True
    middles, labels = watershed_objects(foreground, radius=2, least_area=4)
    assert len(middles) == 1
    assert labels[2, 50] == 0


def test_either_side_of_the_threshold():
    picture = np.where(discs((20, 20)), 200.0, 10.0)
    assert (foreground_of(picture, bright=True) == discs((20, 20))).all()
    assert (foreground_of(picture, bright=False) == ~discs((20, 20))).all()
    assert not foreground_of(np.ones((4, 4)), bright=True).any()


def test_nothing_there_is_nothing_found():
    middles, labels = watershed_objects(np.zeros((10, 10), bool), radius=3, least_area=1)
    assert middles.shape == (0, 2)
    assert not labels.any()
