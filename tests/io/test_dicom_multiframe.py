"""Frames: slices, times, tiles, channels."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from isocenter.io.dicom import open_dicom
from isocenter.io.dicom_multiframe import loop_times
from tests.io.synthetic_dicom import dataset, save

ENHANCED_MR = "1.2.840.10008.5.1.4.1.1.4.1"
SLIDE = "1.2.840.10008.5.1.4.1.1.77.1.6"


def _item(**tags: object) -> pydicom.Dataset:
    item = pydicom.Dataset()
    for name, value in tags.items():
        setattr(item, name, value)
    return item


def _enhanced(frames: np.ndarray, heights: list[float], slopes: list[float]) -> pydicom.Dataset:
    ds = dataset(frames, sop_class=ENHANCED_MR, modality="MR")
    shared = _item(
        PlaneOrientationSequence=[_item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        PixelMeasuresSequence=[_item(PixelSpacing=[0.5, 0.4], SliceThickness=9)],
    )
    ds.SharedFunctionalGroupsSequence = [shared]
    ds.PerFrameFunctionalGroupsSequence = [
        _item(
            PlanePositionSequence=[_item(ImagePositionPatient=[0, 0, z])],
            PixelValueTransformationSequence=[_item(RescaleSlope=s, RescaleIntercept=0, RescaleType="US")],
        )
        for z, s in zip(heights, slopes, strict=True)
    ]
    return ds


FRAMES = np.arange(4 * 9 * 8, dtype=np.uint16).reshape(4, 9, 8)


def test_enhanced_frames_are_slices_in_their_places(tmp_path: Path) -> None:
    image = open_dicom(save(_enhanced(FRAMES, [6.0, 0.0, 4.0, 2.0], [1, 1, 1, 1]), tmp_path / "a.dcm"))
    assert image.shape == (1, 8, 9, 4)
    assert image.grid.spacing == pytest.approx((0.4, 0.5, 2.0))
    np.testing.assert_array_equal(image.array()[0], FRAMES[[1, 3, 2, 0]].transpose(2, 1, 0))


def test_each_frame_has_its_own_slope(tmp_path: Path) -> None:
    image = open_dicom(save(_enhanced(FRAMES, [0.0, 1.0, 2.0, 3.0], [1, 2, 3, 4]), tmp_path / "a.dcm"))
    np.testing.assert_allclose(image.array()[0, ..., 3], FRAMES[3].T * 4.0)


def test_frames_sharing_places_are_channels(tmp_path: Path) -> None:
    image = open_dicom(save(_enhanced(FRAMES, [0.0, 1.0, 0.0, 1.0], [1, 1, 1, 1]), tmp_path / "a.dcm"))
    assert image.shape == (2, 8, 9, 2)
    np.testing.assert_array_equal(image.array()[1, ..., 0], FRAMES[2].T)


def test_tiles_are_laid_out_row_by_row(tmp_path: Path) -> None:
    tiles = np.arange(6 * 4 * 5, dtype=np.uint8).reshape(6, 4, 5)
    ds = dataset(tiles, sop_class=SLIDE, modality="SM", DimensionOrganizationType="TILED_FULL")
    ds.TotalPixelMatrixRows, ds.TotalPixelMatrixColumns = 7, 14  # 2 by 3 tiles, the last ones cut
    image = open_dicom(save(ds, tmp_path / "a.dcm"))
    assert image.shape == (1, 14, 7)
    np.testing.assert_array_equal(image.array()[0, 5:10, 4:7], tiles[4][:3].T)
    np.testing.assert_array_equal(image.array()[0, 10:14, :4], tiles[2][:, :4].T)


def test_times_come_from_a_step_a_list_or_a_rate() -> None:
    ds = pydicom.Dataset()
    ds.NumberOfFrames = 3
    assert loop_times(ds) == ()
    ds.CineRate = 10
    assert loop_times(ds) == pytest.approx((0, 0.1, 0.2))
    ds.FrameTime = 40
    assert loop_times(ds) == pytest.approx((0, 0.04, 0.08))
    ds.FrameTimeVector = [0, 50, 25]
    assert loop_times(ds) == pytest.approx((0, 0.05, 0.075))
