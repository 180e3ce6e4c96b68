"""SEG objects of others, against what their makers wrote beside them."""

from pathlib import Path

import numpy as np
import pytest

from isocenter.core.errors import FileError
from isocenter.io.images import open_image
from isocenter.io.masks import open_mask


@pytest.mark.parametrize("size", ["23x38x3", "24x38x3"])
def test_a_seg_of_dcmqi_lies_where_its_nrrd_does(data_folder: Path, size: str) -> None:
    folder = data_folder / "dicom_samples/dcmqi/segmentations" / size
    scan = open_image(folder / "image")
    seg = open_mask(folder / "seg/label.seg", ("background", "heart"), like=scan.grid)
    nrrd = open_image(folder / "nrrd/label.nrrd")
    assert seg.grid.same_as(scan.grid)
    ours = seg.grid.to_world(np.argwhere(seg.labels.array()[0] == 1))
    theirs = nrrd.grid.to_world(np.argwhere(nrrd.array()[0] == 1))
    assert len(ours) == len(theirs) > 0
    np.testing.assert_allclose(np.sort(ours, axis=0), np.sort(theirs, axis=0), atol=0.01)


def test_segments_that_overlap_are_refused_where_they_may_not(data_folder: Path) -> None:
    path = data_folder / "dicom_samples/dcmqi/segmentations/partial_overlaps.dcm"
    names = ("background", "a", "b", "c", "d", "e")
    with pytest.raises(FileError, match="overlapping: true"):
        open_mask(path, names).labels.array()
    assert open_mask(path, names, overlapping=True).labels.array().any(axis=(1, 2, 3)).sum() >= 3


def test_a_segment_beyond_the_names_is_refused_by_its_label(data_folder: Path) -> None:
    with pytest.raises(FileError, match="expected segments named liver"):
        open_mask(data_folder / "dicom_samples/dcmqi/segmentations/partial_overlaps.dcm", ("background", "liver"))


@pytest.mark.parametrize("kind", ["noppv", "ppv5"])
def test_a_sparse_label_map_is_read_by_value_and_its_gap_is_background(data_folder: Path, kind: str) -> None:
    folder = data_folder / "dicom_samples/dcmqi/segmentations"
    labels = open_mask(folder / f"sparse-labelmap-{kind}.dcm", ("background", "liver")).labels.array()
    nrrd = open_image(folder / f"sparse_labelmap_{kind}_seg.nrrd").array()
    np.testing.assert_array_equal(labels == 1, nrrd == 1)


def test_fractions_count_from_one_half(data_folder: Path) -> None:
    folder = data_folder / "dicom_samples/highdicom_test_files"
    labels = open_mask(folder / "seg_image_ct_true_fractional.dcm", ("background", "one")).labels.array()
    assert set(np.unique(labels)) <= {0, 1}
