"""Mask files are shown as they stand: palette by index, nothing mapped."""

import numpy as np
from PIL import Image as Picture

from isocenter.io.raw_labels import one_channel_where_equal, open_raw_labels


def test_a_palette_picture_gives_its_indices(tmp_path):
    picture = Picture.fromarray(np.array([[0, 1], [2, 0]], np.uint8), mode="P")
    picture.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0])
    picture.save(tmp_path / "m.png")
    assert open_raw_labels(tmp_path / "m.png").array().tolist() == [[[0, 2], [1, 0]]]


def test_0_and_255_stay_what_they_are(tmp_path):
    Picture.fromarray(np.array([[0, 255]], np.uint8)).save(tmp_path / "m.png")
    assert open_raw_labels(tmp_path / "m.png").array().tolist() == [[[0], [255]]]


def test_gray_stored_as_color_is_one_channel():
    gray = np.arange(6).reshape(1, 2, 3)
    assert one_channel_where_equal(np.repeat(gray, 3, axis=0)).tolist() == gray.tolist()
    opaque = np.concatenate([np.repeat(gray, 3, axis=0), np.full((1, 2, 3), 255)])
    assert one_channel_where_equal(opaque).tolist() == gray.tolist()


def test_channels_that_differ_stay():
    color = np.stack([np.zeros((2, 3)), np.ones((2, 3)), np.zeros((2, 3))])
    assert one_channel_where_equal(color).shape == (3, 2, 3)
