"""Cutting and finding, on arrays whose values are their places."""

import numpy as np

from isocenter.learning.places import class_places, cut, start_range


def test_a_patch_inside_is_a_copy_of_that_part() -> None:
    array = np.arange(20).reshape(1, 4, 5)
    patch = cut(array, (1, 2), (2, 3))
    assert (patch == array[:, 1:3, 2:5]).all()
    patch[:] = 0
    assert array[0, 1, 2] == 7


def test_what_lies_outside_is_filled() -> None:
    array = np.ones((2, 3, 3))
    patch = cut(array, (-1, 2), (5, 2), fill=-7)
    assert patch.shape == (2, 5, 2)
    assert (patch[:, 1:4, 0] == 1).all()
    assert (patch == -7).sum() == 2 * (10 - 3)


def test_a_patch_beyond_the_image_is_all_fill() -> None:
    assert (cut(np.ones((1, 3, 3)), (5, -9), (2, 2), fill=4) == 4).all()


def test_every_foreground_class_is_found_and_nothing_else(rng: np.random.Generator) -> None:
    target = np.zeros((4, 5), dtype=np.int16)
    target[1, 2], target[3, 3:], target[0] = 1, 3, -1
    places = class_places(target, overlapping=False, generator=rng)
    assert places.shape == (4, 5)
    assert {k: v.tolist() for k, v in places.classes.items()} == {1: [[1, 2]], 3: [[3, 3], [3, 4]]}


def test_overlapping_regions_count_from_class_one(rng: np.random.Generator) -> None:
    target = np.zeros((2, 3, 3))
    target[:, 1, 1] = 1
    places = class_places(target, overlapping=True, generator=rng)
    assert {k: v.tolist() for k, v in places.classes.items()} == {1: [[1, 1]], 2: [[1, 1]]}


def test_a_large_class_keeps_only_so_many_places(rng: np.random.Generator) -> None:
    places = class_places(np.ones((30, 30), int), overlapping=False, generator=rng, most=50)
    assert places.classes[1].shape == (50, 2)
    assert len(np.unique(places.classes[1], axis=0)) == 50


def test_an_image_smaller_than_the_patch_lies_wholly_inside_it() -> None:
    low, high = start_range((10, 4), (6, 9))
    assert (low.tolist(), high.tolist()) == ([0, -5], [4, 0])
