"""A mask as an input: a channel a class, whatever number the file writes for its one class."""

import numpy as np
import pytest
from PIL import Image as Picture

from isocenter.core.errors import FileError, StudyError
from isocenter.io.label_picture import open_label_picture, shows_labels


@pytest.mark.parametrize("number", [1, 255])
def test_one_class_is_whatever_is_above_0(tmp_path, number):
    Picture.fromarray(np.array([[0, number], [0, 0]], np.uint8)).save(tmp_path / "m.png")
    image = open_label_picture(tmp_path / "m.png")
    assert (image.unit, image.channels) == ("labels", ("label 1",))
    assert image.array().tolist() == [[[0, 0], [1, 0]]]


def test_several_classes_have_a_channel_each(tmp_path):
    Picture.fromarray(np.array([[0, 1, 2, 2]], np.uint8)).save(tmp_path / "m.png")
    array = open_label_picture(tmp_path / "m.png", "labels 3").array()
    assert array[:, :, 0].tolist() == [[0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]]


def test_a_number_that_is_no_class_is_refused(tmp_path):
    Picture.fromarray(np.array([[0, 4]], np.uint8)).save(tmp_path / "m.png")
    with pytest.raises(FileError, match="labels 0 to 2, got 4"):
        open_label_picture(tmp_path / "m.png", "labels 2").array()


@pytest.mark.parametrize("unit", ["labels none", "labels 0", "labels 1 2"])
def test_a_unit_that_says_no_number_of_classes_is_refused(tmp_path, unit):
    Picture.fromarray(np.zeros((2, 2), np.uint8)).save(tmp_path / "m.png")
    with pytest.raises(StudyError, match="labels K"):
        open_label_picture(tmp_path / "m.png", unit)


def test_only_labels_are_labels():
    assert shows_labels("labels 2")
    assert not any(map(shows_labels, ("HU", "text", "", None)))
