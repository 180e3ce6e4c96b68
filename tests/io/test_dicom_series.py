"""A DICOM series becomes one volume in its true place, or says why not."""

import shutil
from pathlib import Path

import numpy as np
import pydicom
import pytest

from isocenter.core.errors import FileError
from isocenter.io.dicom_geometry import GantryTilt
from isocenter.io.dicom_series import open_series
from isocenter.io.images import open_image
from tests.io.phantoms import ramp_volume
from tests.io.synthetic_dicom import CR, dataset, oblique_affine, save, straight_affine, write_series

PLACES = pytest.mark.parametrize("affine", [straight_affine(), oblique_affine()], ids=["axial", "oblique"])


@PLACES
def test_a_series_in_no_order_becomes_the_volume_it_was_cut_from(tmp_path: Path, affine: np.ndarray) -> None:
    write_series(tmp_path / "ct", ramp_volume(), affine)
    image = open_image(tmp_path / "ct")
    assert image.shape == (1, 13, 11, 6)
    assert image.unit == "HU"
    np.testing.assert_allclose(image.grid.matrix, affine, atol=1e-6)
    np.testing.assert_array_equal(image.array()[0], ramp_volume())
    assert image.array().dtype == np.int16


def test_spacing_comes_from_positions_not_from_the_thickness_tag(tmp_path: Path) -> None:
    write_series(tmp_path, ramp_volume(), straight_affine())  # its SliceThickness says 3
    assert open_series(tmp_path).grid.spacing[2] == pytest.approx(2.5)


def test_each_slice_has_its_own_slope(tmp_path: Path) -> None:
    paths = write_series(tmp_path, ramp_volume(), straight_affine(), intercept=0.0)
    for path, k in zip(paths, range(6), strict=True):
        ds = pydicom.dcmread(path)
        ds.RescaleSlope = 1.0 + k
        ds.save_as(path)
    samples = open_series(tmp_path).array()
    np.testing.assert_allclose(samples[0], ramp_volume() * np.arange(1, 7), rtol=1e-6)


def test_a_missing_slice_is_refused_with_its_place(tmp_path: Path) -> None:
    write_series(tmp_path, ramp_volume(), straight_affine(), skip=[3])
    with pytest.raises(FileError, match=r"5\.00 mm after slice 3; about 1 slices are missing"):
        open_series(tmp_path)


def test_a_doubled_slice_is_refused(tmp_path: Path) -> None:
    paths = write_series(tmp_path, ramp_volume(), straight_affine())
    shutil.copy(paths[2], tmp_path / "copy.dcm")
    with pytest.raises(FileError, match="1 positions more than once"):
        open_series(tmp_path)


def test_uneven_slices_are_refused(tmp_path: Path) -> None:
    paths = write_series(tmp_path, ramp_volume(), straight_affine())
    ds = pydicom.dcmread(paths[3])
    ds.ImagePositionPatient[2] += 0.9
    ds.save_as(paths[3])
    with pytest.raises(FileError, match="unevenly spaced"):
        open_series(tmp_path)


def test_a_tilted_gantry_is_refused_with_its_angle_and_a_remedy(tmp_path: Path) -> None:
    write_series(tmp_path, ramp_volume(), straight_affine(), tilt_deg=12)
    with pytest.raises(GantryTilt, match=r"12\.0° \(gantry tilt\).*dcm2niix"):
        open_series(tmp_path)


def test_several_series_are_listed_and_one_can_be_chosen(tmp_path: Path) -> None:
    write_series(tmp_path / "ct" / "a", ramp_volume(), straight_affine(), series_number=2)
    write_series(tmp_path / "ct" / "b", ramp_volume((4, 4, 3)), straight_affine(), series_number=5)
    with pytest.raises(FileError, match=r"series 2 \(CT, 6 files\); series 5 \(CT, 3 files\).*ct#2"):
        open_image(tmp_path / "ct")
    assert open_image(tmp_path / "ct#5").shape == (1, 4, 4, 3)
    with pytest.raises(FileError, match="expected one series '7', got none"):
        open_image(tmp_path / "ct#7")


def test_localizers_and_other_files_are_passed_over(tmp_path: Path) -> None:
    write_series(tmp_path, ramp_volume(), straight_affine())
    save(
        dataset(np.zeros((9, 9), np.uint16), ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], SeriesNumber=9), tmp_path / "scout.dcm"
    )
    (tmp_path / "notes.txt").write_text("read me")
    assert open_series(tmp_path).shape == (1, 13, 11, 6)


def test_radiographs_in_one_series_are_no_volume(tmp_path: Path) -> None:
    one = dataset(np.zeros((9, 8), np.uint16), sop_class=CR, modality="CR")
    two = dataset(np.ones((9, 8), np.uint16), sop_class=CR, modality="CR")
    two.SeriesInstanceUID = one.SeriesInstanceUID
    save(one, tmp_path / "pa.dcm")
    save(two, tmp_path / "lateral.dcm")
    with pytest.raises(FileError, match="one file a case"):
        open_series(tmp_path)


def test_a_folder_without_dicom_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(FileError, match="got 1 other files"):
        open_series(tmp_path)


def test_a_lost_slice_header_is_no_crash(tmp_path: Path) -> None:
    paths = write_series(tmp_path, ramp_volume(), straight_affine())
    paths[-1].write_bytes(paths[-1].read_bytes()[:-40])
    image = open_series(tmp_path)  # the header is whole
    with pytest.raises(FileError, match=paths[-1].name):
        image.array()


def test_trigger_times_make_a_cine(tmp_path: Path) -> None:
    for t in range(3):
        for path in write_series(tmp_path / str(t), ramp_volume() + t, straight_affine(), TriggerTime=t * 40.0):
            ds = pydicom.dcmread(path)
            ds.SeriesInstanceUID = "1.2.3"
            ds.save_as(path)
    image = open_series(tmp_path)
    assert image.shape == (1, 13, 11, 6, 3)
    np.testing.assert_allclose(image.grid.times_s, [0, 0.04, 0.08])
    np.testing.assert_array_equal(image.array()[0, ..., 2], ramp_volume() + 2)


def test_the_real_series_is_two_millimeters_apart(data_folder: Path) -> None:
    image = open_image(data_folder / "dicom_ct_series")
    assert image.shape == (1, 512, 512, 14)
    assert image.grid.spacing[2] == pytest.approx(2.0, abs=1e-3)
    assert image.unit == "HU"
    assert image.array().min() >= -1024
