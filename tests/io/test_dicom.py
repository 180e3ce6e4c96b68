"""One DICOM file: what its axes, unit and world are."""

from pathlib import Path

import numpy as np
import pytest

from isocenter.core.errors import FileError
from isocenter.io.dicom import open_dicom
from tests.io.synthetic_dicom import CR, CT, MULTIFRAME_US, dataset, save


def test_a_radiograph_lies_in_a_plane_of_millimeters(tmp_path: Path) -> None:
    rows = np.arange(9 * 8, dtype=np.uint16).reshape(9, 8)
    image = open_dicom(save(dataset(rows, sop_class=CR, modality="CR", ImagerPixelSpacing=[0.3, 0.2]), tmp_path / "a.dcm"))
    assert image.shape == (1, 8, 9)
    assert image.grid.world == "plane_mm"
    assert image.grid.spacing == pytest.approx((0.2, 0.3))  # x: between columns
    np.testing.assert_array_equal(image.array()[0], rows.T)


def test_calibrated_spacing_goes_before_the_detectors(tmp_path: Path) -> None:
    ds = dataset(np.zeros((9, 8), np.uint16), sop_class=CR, ImagerPixelSpacing=[0.3, 0.2], PixelSpacing=[0.25, 0.15])
    assert open_dicom(save(ds, tmp_path / "a.dcm")).grid.spacing == pytest.approx((0.15, 0.25))


def test_a_picture_without_spacing_is_in_pixels(tmp_path: Path) -> None:
    assert open_dicom(save(dataset(np.zeros((9, 8), np.uint8)), tmp_path / "a.dcm")).grid.world == "px"


def test_one_ct_slice_is_a_volume_of_one(tmp_path: Path) -> None:
    ds = dataset(np.full((9, 8), 1000, np.uint16), sop_class=CT, modality="CT", RescaleSlope=1, RescaleIntercept=-1024)
    ds.ImagePositionPatient, ds.ImageOrientationPatient, ds.PixelSpacing = [1, 2, 3], [1, 0, 0, 0, 1, 0], [0.5, 0.4]
    ds.SliceThickness = 5
    image = open_dicom(save(ds, tmp_path / "a.dcm"))
    assert image.shape == (1, 8, 9, 1)
    assert image.unit == "HU"
    assert image.grid.orientation == "LPS"
    assert image.grid.spacing == pytest.approx((0.4, 0.5, 5))
    assert image.grid.to_world([[0, 0, 0]])[0].tolist() == [-1, -2, 3]
    assert (image.array() == -24).all()


def test_a_mosaic_of_slices_has_no_one_place(tmp_path: Path) -> None:
    ds = dataset(np.zeros((9, 8), np.uint16), modality="MR", ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"])
    ds.ImagePositionPatient, ds.ImageOrientationPatient, ds.PixelSpacing = [1, 2, 3], [1, 0, 0, 0, 1, 0], [0.5, 0.4]
    assert open_dicom(save(ds, tmp_path / "a.dcm")).shape == (1, 8, 9)


def test_a_ct_without_rescale_is_not_called_hounsfield(tmp_path: Path) -> None:
    assert open_dicom(save(dataset(np.zeros((9, 8), np.uint16), sop_class=CT, modality="CT"), tmp_path / "a.dcm")).unit == "1"


def test_a_loop_has_times(tmp_path: Path) -> None:
    frames = np.arange(4 * 9 * 8, dtype=np.uint8).reshape(4, 9, 8)
    image = open_dicom(save(dataset(frames, sop_class=MULTIFRAME_US, modality="US", FrameTime=25.0), tmp_path / "a.dcm"))
    assert image.shape == (1, 8, 9, 4)
    assert image.grid.times_s == pytest.approx((0, 0.025, 0.05, 0.075))
    np.testing.assert_array_equal(image.array()[0, ..., 2], frames[2].T)


def test_a_color_loop_has_times_and_colors(tmp_path: Path) -> None:
    frames = np.arange(4 * 9 * 8 * 3, dtype=np.uint16).astype(np.uint8).reshape(4, 9, 8, 3)
    image = open_dicom(save(dataset(frames, sop_class=MULTIFRAME_US, modality="US", FrameTime=25.0), tmp_path / "a.dcm"))
    assert image.shape == (3, 8, 9, 4)
    np.testing.assert_array_equal(image.array()[1, ..., 3], frames[3, ..., 1].T)


def test_frames_without_place_or_time_are_channels(tmp_path: Path) -> None:
    frames = np.arange(4 * 9 * 8, dtype=np.uint8).reshape(4, 9, 8)
    image = open_dicom(save(dataset(frames), tmp_path / "a.dcm"))
    assert image.channels == ("frame 1", "frame 2", "frame 3", "frame 4")
    np.testing.assert_array_equal(image.array(), frames.swapaxes(1, 2))


def test_a_file_without_preamble_is_read(tmp_path: Path) -> None:
    path = save(dataset(np.ones((9, 8), np.uint8)), tmp_path / "a.dcm")
    path.write_bytes(path.read_bytes()[132:])
    assert open_dicom(path).array().sum() == 72


def test_pixels_of_the_wrong_length_are_refused_by_name(tmp_path: Path) -> None:
    ds = dataset(np.ones((9, 8), np.uint8))
    ds.Rows = 90
    path = save(ds, tmp_path / "a.dcm")
    with pytest.raises(FileError, match=r"a\.dcm.*cut short or damaged"):
        open_dicom(path).array()
