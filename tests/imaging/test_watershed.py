"""Touching disks are parted; what is one stays one; no sample is lost."""

import numpy as np
import pytest

from isocenter.imaging.watershed import split_objects


def disks(*centers, radius=10, shape=(80, 60)):
    x, y = np.indices(shape)
    return np.any([(x - a) ** 2 + (y - b) ** 2 <= radius**2 for a, b in centers], axis=0)


def test_two_touching_disks_are_two_objects_cut_in_the_middle():
    objects = split_objects(disks((20, 30), (37, 30)))
    assert objects.max() == 2
    assert objects[20, 30] != objects[37, 30]
    assert abs(int((objects == 1).sum()) - int((objects == 2).sum())) < 25


def test_one_disk_and_one_bar_stay_whole():
    assert split_objects(disks((20, 30))).max() == 1
    bar = np.zeros((60, 40), bool)
    bar[5:55, 15:25] = True
    assert split_objects(bar).max() == 1


def test_every_filled_sample_belongs_to_an_object_and_no_other(rng):
    from scipy.ndimage import gaussian_filter

    mask = gaussian_filter(rng.normal(size=(60, 60)), 2) > 0
    assert ((split_objects(mask) > 0) == mask).all()


def test_single_samples_and_thin_lines_are_objects_too():
    mask = np.zeros((20, 20), bool)
    mask[3, 3] = mask[10, 2:18] = True
    objects = split_objects(mask)
    assert objects[3, 3] > 0
    assert (objects[10, 2:18] > 0).all()


def test_a_larger_depth_splits_less():
    mask = disks((20, 30), (34, 30))
    assert split_objects(mask, depth=0.2).max() >= split_objects(mask, depth=8.0).max() == 1


def test_a_valley_of_probability_parts_what_the_shape_does_not():
    bar = np.zeros((60, 40), bool)
    bar[5:55, 12:28] = True
    probability = bar * np.where(abs(np.arange(60) - 30) < 4, 0.3, 1.0)[:, None]
    assert split_objects(bar).max() == 1
    assert split_objects(bar, probability=probability).max() == 2


def test_balls_in_3d_with_thick_slices():
    x, y, z = np.indices((40, 24, 10))
    near = lambda a: ((x - a) ** 2 + (y - 12) ** 2 + ((z - 5) * 2.5) ** 2) <= 81  # noqa: E731
    assert split_objects(near(12) | near(27), spacing=(1.0, 1.0, 2.5)).max() == 2


@pytest.mark.parametrize("shape", [(5, 5), (5, 5, 5)])
def test_an_empty_mask_has_no_object(shape):
    assert split_objects(np.zeros(shape, bool)).max() == 0


def test_a_mask_that_fills_the_picture_is_one_object():
    assert split_objects(np.ones((20, 20), bool)).max() == 1
