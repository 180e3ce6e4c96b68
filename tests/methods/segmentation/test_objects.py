"""Objects of a predicted mask, told apart by what the tuning cases say."""

import numpy as np
import pytest

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import OBJECTS, Mask
from isocenter.io.images import open_image
from isocenter.io.values import value_from_json, value_to_json
from isocenter.io.write import write_mask
from isocenter.methods.segmentation._objects import ObjectRule, choose_rule, number_objects

GRID = plain_grid((60, 60))


def discs(*middles, radius=6):
    """Object numbers of discs; the first in front."""
    x, y = np.indices((60, 60))
    numbers = np.zeros((60, 60), int)
    for n, (a, b) in reversed(list(enumerate(middles, start=1))):
        numbers[(x - a) ** 2 + (y - b) ** 2 <= radius**2] = n
    return numbers


def crumbled():
    """Two discs and, in what was predicted of them, five crumbs."""
    truth = discs((15, 20), (40, 40))
    foreground = truth > 0
    for at in ((2, 2), (2, 50), (55, 5), (30, 5), (55, 55)):
        foreground[at] = True
    return foreground, truth


def test_crumbs_are_no_objects_once_the_tuning_cases_say_so():
    foreground, truth = crumbled()
    rule = choose_rule([(foreground, truth)] * 3)
    assert rule.least > 1
    numbers = number_objects(foreground, rule)
    assert sorted(np.unique(numbers)) == [0, 1, 2]
    assert not numbers[2, 2]


def test_without_a_rule_crumbs_stay():
    assert number_objects(crumbled()[0], ObjectRule()).max() == 7
    rule = choose_rule([])
    assert (rule.depth, rule.least) == (ObjectRule().depth, 0.0)


def test_lobes_of_one_object_stay_one_where_the_truth_says_so():
    lobed = (discs((20, 20), (20, 29)) > 0).astype(int)
    assert number_objects(lobed > 0, ObjectRule()).max() == 2
    rule = choose_rule([(lobed > 0, lobed)])
    assert number_objects(lobed > 0, rule).max() == 1


@pytest.fixture
def mask():
    numbers = discs((15, 20), (40, 40))
    return Mask(
        labels=held_image((numbers > 0).astype(np.uint8)[None], GRID, channels=("label",)),
        names=("background", "nucleus"),
        objects=held_image(numbers[None], GRID, channels=OBJECTS),
    )


def test_the_numbers_are_kept_beside_the_classes(mask, tmp_path):
    again = value_from_json(value_to_json(mask, tmp_path, "a"), tmp_path)
    np.testing.assert_array_equal(again.objects.array(), mask.objects.array())
    np.testing.assert_array_equal(again.labels.array(), mask.labels.array())


def test_a_file_of_numbers_is_no_palette(mask, tmp_path):
    path = write_mask(mask.numbered(), tmp_path / "n.png")
    np.testing.assert_array_equal(open_image(path).array(), mask.objects.array())
