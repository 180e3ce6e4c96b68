"""One non-square color picture goes through every reader and every export without a turn."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import SimpleITK as sitk

from isocenter.core.grid import plain_grid
from isocenter.core.image import held_image
from isocenter.io.images import open_image
from isocenter.io.raster import RGB
from isocenter.io.write import write_image
from tests.io.phantoms import color_picture
from tests.io.synthetic_dicom import dataset, save


@pytest.mark.parametrize("suffix", [".png", ".tif", ".mha", ".nrrd", ".nii.gz", ".nii"])
def test_an_exported_picture_reads_back_equal_with_its_world_and_channels(tmp_path: Path, suffix: str) -> None:
    picture = color_picture()
    back = open_image(write_image(held_image(picture, plain_grid((7, 5)), channels=RGB), tmp_path / f"a{suffix}"))
    assert back.shape == (3, 7, 5)
    assert back.channels == RGB
    assert back.grid.world == "px"
    assert back.grid.same_as(plain_grid((7, 5)))
    np.testing.assert_array_equal(back.array(), picture)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".bmp"])
def test_a_picture_written_by_others_has_x_as_its_column(tmp_path: Path, suffix: str) -> None:
    picture = color_picture()
    PIL.Image.fromarray(picture.transpose(2, 1, 0)).save(tmp_path / f"a{suffix}")
    np.testing.assert_array_equal(open_image(tmp_path / f"a{suffix}").array(), picture)


def test_a_jpeg_lies_the_same_way(tmp_path: Path) -> None:
    large = color_picture().repeat(16, axis=1).repeat(16, axis=2)  # (3, 112, 80): blocks a JPEG keeps
    PIL.Image.fromarray(large.transpose(2, 1, 0)).save(tmp_path / "a.jpg", quality=95, subsampling=0)
    image = open_image(tmp_path / "a.jpg")
    assert image.shape == (3, 112, 80)
    assert np.abs(image.array().astype(int) - large).mean() < 3


def test_a_color_secondary_capture_lies_the_same_way(tmp_path: Path) -> None:
    picture = color_picture()
    path = save(dataset(picture.transpose(2, 1, 0)), tmp_path / "a.dcm")
    assert open_image(path).channels == RGB
    np.testing.assert_array_equal(open_image(path).array(), picture)


def test_planes_of_color_in_dicom_lie_the_same_way(tmp_path: Path) -> None:
    picture = color_picture()
    ds = dataset(picture.transpose(2, 1, 0), PlanarConfiguration=1)
    data = np.ascontiguousarray(picture.transpose(0, 2, 1)).tobytes()
    ds.PixelData = data + b"\0" * (len(data) % 2)
    np.testing.assert_array_equal(open_image(save(ds, tmp_path / "a.dcm")).array(), picture)


def test_an_mha_of_others_lies_the_same_way(tmp_path: Path) -> None:
    picture = color_picture()
    sitk.WriteImage(sitk.GetImageFromArray(picture.transpose(2, 1, 0), isVector=True), str(tmp_path / "a.mha"))
    image = open_image(tmp_path / "a.mha")
    assert image.grid.world == "plane_mm"
    np.testing.assert_array_equal(image.array(), picture)
