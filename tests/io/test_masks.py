"""Masks: what a value means is said, never guessed."""

import pickle
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from isocenter.core.errors import FileError, GeometryError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.core.mask import held_mask
from isocenter.io.masks import open_mask, open_masks
from isocenter.io.raster import write_png
from isocenter.io.write import write_image, write_mask

TWO = ("background", "vessel")
THREE = ("background", "lung", "heart")
DISK = np.zeros((7, 5), np.uint8)
DISK[2:5, 1:3] = 1


def _gray(tmp_path: Path, labels: np.ndarray) -> Path:
    write_png(labels[None], tmp_path / "m.png")
    return tmp_path / "m.png"


def test_zero_and_255_are_two_classes(tmp_path: Path) -> None:
    labels = open_mask(_gray(tmp_path, DISK * 255), TWO).labels.array()
    assert labels.dtype == np.uint8
    np.testing.assert_array_equal(labels[0], DISK)


def test_a_mask_full_of_255_is_all_foreground(tmp_path: Path) -> None:
    assert open_mask(_gray(tmp_path, np.full((4, 3), 255, np.uint8)), TWO).labels.array().min() == 1


def test_zero_and_255_are_not_three_classes(tmp_path: Path) -> None:
    mask = open_mask(_gray(tmp_path, DISK * 255), THREE)
    with pytest.raises(FileError, match=r"m\.png: expected labels 0 to 2 \(background, lung, heart\), got 0, 255.*--fix"):
        mask.labels.array()


@pytest.mark.parametrize("value", [2, 127, 254])
def test_any_other_value_is_refused(tmp_path: Path, value: int) -> None:
    with pytest.raises(FileError, match=f"got 0, {value}"):
        open_mask(_gray(tmp_path, DISK * value), TWO).labels.array()


def test_an_anti_aliased_mask_is_refused_by_that_name(tmp_path: Path) -> None:
    soft = np.linspace(0, 255, 64).reshape(8, 8).astype(np.uint8)
    with pytest.raises(FileError, match="anti-aliased"):
        open_mask(_gray(tmp_path, soft), TWO).labels.array()


def test_values_say_what_each_number_means(tmp_path: Path) -> None:
    path = _gray(tmp_path, DISK * 127 + (1 - DISK) * 255)
    labels = open_mask(path, TWO, values={255: 0, 127: 1}).labels.array()
    np.testing.assert_array_equal(labels[0], DISK)
    np.testing.assert_array_equal(open_mask(path, TWO, values={127: 1}).labels.array()[0], DISK)  # not listed: background
    with pytest.raises(FileError, match="classes 0 to 1, got \\[2\\]"):
        open_mask(path, TWO, values={255: 0, 127: 2}).labels.array()


@pytest.mark.parametrize("save", ["1-bit", "gif", "rgb", "palette", "rgba"])
def test_every_way_to_save_a_two_class_picture_reads_the_same(tmp_path: Path, save: str) -> None:
    picture = PIL.Image.fromarray(DISK.T * 255)
    if save == "1-bit":
        picture = picture.point(lambda v: v, "1")
    elif save == "rgb":
        picture = picture.convert("RGB")
    elif save == "rgba":
        picture = picture.convert("RGBA")
    elif save == "palette":
        picture = PIL.Image.fromarray(DISK.T)
        picture.putpalette([0, 0, 0, 200, 30, 30])
    path = tmp_path / ("m.gif" if save == "gif" else "m.png")
    picture.save(path)
    np.testing.assert_array_equal(open_mask(path, TWO).labels.array()[0], DISK)


def test_a_colored_mask_is_refused(tmp_path: Path) -> None:
    write_png(np.stack([DISK * 255, DISK * 0, DISK * 0]), tmp_path / "m.png")
    with pytest.raises(FileError, match="a colored mask"):
        open_mask(tmp_path / "m.png", TWO).labels.array()


def test_whole_floats_are_labels_and_fractions_are_not(tmp_path: Path) -> None:
    volume = np.repeat(DISK[:, :, None], 3, axis=2).astype(np.float32)
    whole = write_image(held_image(volume[None], plain_grid((7, 5, 3))), tmp_path / "m.nii.gz")
    assert open_mask(whole, TWO).labels.array().sum() == DISK.sum() * 3
    half = write_image(held_image(volume[None] / 2, plain_grid((7, 5, 3))), tmp_path / "h.nii.gz")
    with pytest.raises(FileError, match=r"fractions, NaN or huge numbers from 0 to 0\.5"):
        open_mask(half, TWO).labels.array()


def test_overlapping_regions_are_a_channel_each(tmp_path: Path) -> None:
    regions = np.zeros((2, 4, 3, 2), np.uint8)
    regions[0, :3] = 1
    regions[1, 1:] = 1
    path = write_image(held_image(regions, plain_grid((4, 3, 2))), tmp_path / "m.nii.gz")
    mask = open_mask(path, THREE, overlapping=True)
    assert mask.labels.array().dtype == np.bool_
    np.testing.assert_array_equal(mask.region("heart"), regions[1] > 0)
    with pytest.raises(FileError, match="expected 3 channels"):
        open_mask(path, (*THREE, "spine"), overlapping=True)


def test_one_file_a_region_makes_one_mask(tmp_path: Path) -> None:
    one, two = DISK, np.roll(DISK, 1, axis=0)
    paths = []
    for name, labels in (("lung", one), ("heart", two)):
        write_png(labels[None] * 255, tmp_path / f"{name}.png")
        paths.append(tmp_path / f"{name}.png")
    mask = open_masks(paths, THREE)
    assert mask.overlapping
    np.testing.assert_array_equal(mask.region("heart"), two > 0)
    write_png(np.zeros((1, 3, 3), np.uint8), paths[1])
    with pytest.raises(GeometryError, match="expected the grid of"):
        open_masks(paths, THREE)


def test_a_mask_is_lazy_and_can_be_sent_to_another_process(tmp_path: Path) -> None:
    path = write_mask(held_mask(DISK, plain_grid((7, 5)), TWO), tmp_path / "m.png")
    mask = pickle.loads(pickle.dumps(open_mask(path, TWO)))
    np.testing.assert_array_equal(mask.region("vessel"), DISK > 0)


@pytest.mark.parametrize("folder", ["drive/vessels", "drive/vessels_2nd_observer", "chase_db1/vessels", "em_isbi2012/labels"])
def test_real_masks_in_gif_one_bit_and_255_have_two_classes(data_folder: Path, folder: str) -> None:
    for path in sorted((data_folder / folder).iterdir())[:3]:
        assert set(np.unique(open_mask(path, TWO).labels.array())) == {0, 1}
