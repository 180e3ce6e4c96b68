"""open_image: lazy, picklable, one channel of many."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from isocenter.core.errors import FileError
from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.images import open_image
from isocenter.io.raster import RGB, write_png
from isocenter.io.write import write_image
from tests.io.phantoms import color_picture, ramp_volume
from tests.io.synthetic_dicom import straight_affine, write_series


def test_an_image_can_be_sent_to_another_process(tmp_path: Path) -> None:
    write_series(tmp_path / "ct", ramp_volume(), straight_affine())
    write_png(color_picture(), tmp_path / "a.png")
    for path in (tmp_path / "ct", tmp_path / "a.png", tmp_path / "a.png#gray"):
        image = pickle.loads(pickle.dumps(open_image(path)))
        np.testing.assert_array_equal(image.array(), open_image(path).array())


def test_loading_reads_each_time(tmp_path: Path) -> None:
    write_png(np.zeros((1, 3, 2), np.uint8), tmp_path / "a.png")
    image = open_image(tmp_path / "a.png")
    write_png(np.ones((1, 3, 2), np.uint8), tmp_path / "a.png")
    assert image.array().sum() == 6


def test_one_channel_is_chosen_by_name_or_number_or_in_the_path(tmp_path: Path) -> None:
    write_png(color_picture(), tmp_path / "a.png")
    for image in (
        open_image(tmp_path / "a.png", channel="green"),
        open_image(tmp_path / "a.png", channel="1"),
        open_image(tmp_path / "a.png#green"),
    ):
        assert image.channels == ("green",)
        np.testing.assert_array_equal(image.array()[0], color_picture()[1])


def test_gray_is_the_luminance_of_color_and_gray_itself(tmp_path: Path) -> None:
    equal = np.repeat(color_picture()[:1], 3, axis=0)
    write_png(equal, tmp_path / "rgb.png")
    write_png(equal[:1], tmp_path / "gray.png")
    np.testing.assert_array_equal(
        open_image(tmp_path / "rgb.png", channel="gray").array(), open_image(tmp_path / "gray.png", channel="gray").array()
    )


def test_a_channel_of_a_nifti_series_is_its_fourth_axis(tmp_path: Path) -> None:
    samples = np.arange(6 * 4 * 3 * 2, dtype=np.float32).reshape(6, 4, 3, 2)
    write_image(held_image(samples, plain_grid((4, 3, 2))), tmp_path / "a.nii.gz")
    np.testing.assert_array_equal(open_image(tmp_path / "a.nii.gz#4").array(), samples[4:5])


def test_an_unknown_channel_gets_a_hint(tmp_path: Path) -> None:
    write_png(color_picture(), tmp_path / "a.png")
    with pytest.raises(FileError, match="Did you mean green"):
        open_image(tmp_path / "a.png", channel="gren")


def test_messages_name_the_file_as_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileError, match=r"^scans/none\.nii\.gz: expected a file"):
        open_image(Path("scans/none.nii.gz"))


def test_channels_are_named_red_green_blue(tmp_path: Path) -> None:
    write_png(color_picture(), tmp_path / "a.png")
    assert open_image(tmp_path / "a.png").channels == RGB


def test_opening_reads_no_samples(tmp_path: Path) -> None:
    path = tmp_path / "a.nii"
    write_image(held_image(np.zeros((1, 40, 40, 40), np.float32), plain_grid((40, 40, 40))), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 4 * 40**3 + 100])  # the header is left, and hardly a sample
    image = open_image(path)
    assert image.shape == (1, 40, 40, 40)
    with pytest.raises(FileError):
        image.array()
