"""Connected parts of masks as places, boxes and counts."""

import numpy as np
import pytest
from PIL import Image as Picture

from isocenter.core.errors import FileError
from isocenter.io.parts_file import read_parts


def picture(tmp_path, *blocks, value=1):
    labels = np.zeros((40, 40), np.uint8)  # rows are y in the file
    for x, y, wide, high in blocks:
        labels[y : y + high, x : x + wide] = value
    Picture.fromarray(labels).save(path := tmp_path / f"mask{value}.png")
    return path


def test_each_part_is_one_whatever_the_number_of_its_class(tmp_path):
    for value in (1, 255):
        found = read_parts(picture(tmp_path, (2, 3, 4, 6), (20, 30, 5, 5), value=value), ["lesion"], grid=None, boxes=True)
        order = np.argsort(found.world[:, 0])
        np.testing.assert_allclose(found.world[order], [[3.5, 5.5], [22.0, 32.0]])
        np.testing.assert_allclose(found.extent[order], [[4, 6], [5, 5]])
        assert found.names == ("lesion",)


def test_samples_that_touch_by_a_corner_are_one_part(tmp_path):
    assert len(read_parts(picture(tmp_path, (2, 2, 3, 3), (5, 5, 3, 3)), (), grid=None)) == 1


def test_classes_are_told_apart_and_one_can_be_chosen(tmp_path):
    labels = np.zeros((20, 20), np.uint8)
    labels[2:6, 2:6], labels[6:9, 2:6], labels[12:15, 12:15] = 1, 2, 2
    Picture.fromarray(labels).save(path := tmp_path / "two.png")
    both = read_parts(path, ["liver", "tumor"], grid=None)
    assert sorted(both.kind.tolist()) == [0, 1, 1]
    assert len(read_parts(path, ["tumor"], values={2: 0}, grid=None)) == 2
    labels[0, 0] = 3
    Picture.fromarray(labels).save(path)
    with pytest.raises(FileError, match="classes 1 to 2"):
        read_parts(path, ["liver", "tumor"], grid=None)


def test_an_empty_mask_has_no_parts(tmp_path):
    found = read_parts(picture(tmp_path), ["lesion"], grid=None, boxes=True)
    assert len(found) == 0
    assert found.extent.shape == (0, 2)
