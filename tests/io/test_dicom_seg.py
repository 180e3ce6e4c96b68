"""DICOM -> Image -> NIfTI -> Image -> SEG -> Mask: a corner stays where it is."""

from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest

from isocenter.core.errors import GeometryError, StudyError
from isocenter.core.grid import Grid, as_affine
from isocenter.core.image import held_image
from isocenter.core.mask import Mask, held_mask
from isocenter.io.dicom_seg import segment_code, write_dicom_seg
from isocenter.io.images import open_image
from isocenter.io.masks import open_mask
from isocenter.io.write import write_image, write_mask
from tests.io.phantoms import corner_labels, ramp_volume
from tests.io.synthetic_dicom import CR, dataset, oblique_affine, save, straight_affine, write_series

NAMES = ("background", "aorta", "left atrium")
PLACES = pytest.mark.parametrize("affine", [straight_affine(), oblique_affine()], ids=["axial", "oblique"])


def _world_of(mask: Mask, name: str) -> np.ndarray:
    """World coordinates of a class, sorted."""
    world = mask.grid.to_world(np.argwhere(mask.region(name)))
    return world[np.lexsort(np.round(world, 3).T)]


@PLACES
def test_a_labeled_corner_stays_in_its_place_through_every_format(tmp_path: Path, affine: np.ndarray) -> None:
    write_series(tmp_path / "ct", ramp_volume(), affine)
    scan = open_image(tmp_path / "ct")
    nifti = open_image(write_image(scan, tmp_path / "scan.nii.gz"))
    assert nifti.unit == "HU"
    assert nifti.grid.same_as(scan.grid, tolerance=1e-4)
    np.testing.assert_array_equal(nifti.array(), scan.array())

    drawn = open_mask(write_mask(held_mask(corner_labels(), nifti.grid, NAMES), tmp_path / "m.nii.gz", like=nifti), NAMES)
    seg = write_dicom_seg(drawn, tmp_path / "ct", tmp_path / "m.dcm", codes={"aorta": "15825003|Aorta"}, algorithm="unet")
    back = open_mask(seg, NAMES)
    truth = Grid(shape=(13, 11, 6), affine=as_affine(affine), world="ras_mm")
    for index, name in enumerate(NAMES[1:], start=1):
        place = truth.to_world(np.argwhere(corner_labels() == index))
        place = place[np.lexsort(np.round(place, 3).T)]
        np.testing.assert_allclose(_world_of(drawn, name), place, atol=1e-3)
        np.testing.assert_allclose(_world_of(back, name), place, atol=1e-3)


@PLACES
def test_a_seg_is_widened_to_its_image(tmp_path: Path, affine: np.ndarray) -> None:
    write_series(tmp_path / "ct", ramp_volume(), affine)
    scan = open_image(tmp_path / "ct")
    mask = held_mask(corner_labels(), scan.grid, NAMES)
    seg = write_dicom_seg(mask, tmp_path / "ct", tmp_path / "m.dcm", codes={}, algorithm="unet")
    assert open_mask(seg, NAMES).grid.shape == (13, 11, 2)  # empty frames are left out
    widened = open_mask(seg, NAMES, like=scan.grid)
    assert widened.grid.same_as(scan.grid)
    np.testing.assert_array_equal(widened.labels.array()[0], corner_labels())


def test_the_object_says_what_it_segments_and_refers_to_its_slices(tmp_path: Path) -> None:
    write_series(tmp_path / "ct", ramp_volume(), straight_affine())
    mask = held_mask(corner_labels(), open_image(tmp_path / "ct").grid, NAMES)
    ds = pydicom.dcmread(
        write_dicom_seg(mask, tmp_path / "ct", tmp_path / "m.dcm", codes={"aorta": "15825003|Aorta"}, algorithm="unet")
    )
    first, second = ds.SegmentSequence
    assert (first.SegmentLabel, first.SegmentAlgorithmType, first.SegmentAlgorithmName) == ("aorta", "AUTOMATIC", "unet")
    coded = first.SegmentedPropertyTypeCodeSequence[0]
    assert (coded.CodeValue, coded.CodingSchemeDesignator, coded.CodeMeaning) == ("15825003", "SCT", "Aorta")
    assert second.SegmentedPropertyTypeCodeSequence[0].CodeMeaning == "Tissue"
    sources = {pydicom.dcmread(p).SOPInstanceUID for p in (tmp_path / "ct").iterdir()}
    referred = {i.ReferencedSOPInstanceUID for i in ds.ReferencedSeriesSequence[0].ReferencedInstanceSequence}
    assert referred == sources
    assert ds.NumberOfFrames == 3  # two slices of the first class, one of the second


def test_highdicom_reads_the_frames_onto_the_right_slices(tmp_path: Path) -> None:
    paths = write_series(tmp_path / "ct", ramp_volume(), oblique_affine())
    mask = held_mask(corner_labels(), open_image(tmp_path / "ct").grid, NAMES)
    seg = hd.seg.segread(write_dicom_seg(mask, tmp_path / "ct", tmp_path / "m.dcm", codes={}, algorithm="unet"))
    uids = [pydicom.dcmread(p).SOPInstanceUID for p in paths]  # slice by slice, as they were cut
    found = seg.get_pixels_by_source_instance(uids, combine_segments=True, assert_missing_frames_are_empty=True)
    np.testing.assert_array_equal(np.asarray(found).transpose(2, 1, 0), corner_labels())


def test_overlapping_regions_keep_their_overlap(tmp_path: Path) -> None:
    write_series(tmp_path / "ct", ramp_volume(), straight_affine())
    grid = open_image(tmp_path / "ct").grid
    regions = np.zeros((2, *grid.shape), np.bool_)
    regions[0, :4, :4, 1:4] = True
    regions[1, 2:6, 2:6, 2:5] = True
    mask = Mask(labels=held_image(regions, grid, channels=NAMES[1:]), names=NAMES, overlapping=True)
    seg = write_dicom_seg(mask, tmp_path / "ct", tmp_path / "m.dcm", codes={}, algorithm="unet")
    back = open_mask(seg, NAMES, overlapping=True, like=grid)
    np.testing.assert_array_equal(back.labels.array(), regions)


def test_an_empty_answer_is_still_a_file(tmp_path: Path) -> None:
    write_series(tmp_path / "ct", ramp_volume(), straight_affine())
    grid = open_image(tmp_path / "ct").grid
    seg = write_dicom_seg(
        held_mask(np.zeros(grid.shape, np.uint8), grid, NAMES), tmp_path / "ct", tmp_path / "m.dcm", codes={}, algorithm="unet"
    )
    assert open_mask(seg, NAMES).labels.array().max() == 0


def test_a_radiograph_gets_a_seg_too(tmp_path: Path) -> None:
    rows = np.arange(9 * 8, dtype=np.uint16).reshape(9, 8)
    path = save(dataset(rows, sop_class=CR, modality="CR", ImagerPixelSpacing=[0.2, 0.1]), tmp_path / "x.dcm")
    image = open_image(path)
    labels = np.zeros((8, 9), np.uint8)
    labels[:3, 0] = 1
    seg = write_dicom_seg(held_mask(labels, image.grid, NAMES[:2]), path, tmp_path / "m.dcm", codes={}, algorithm="unet")
    back = open_mask(seg, NAMES[:2], like=image.grid)
    assert back.grid.same_as(image.grid)
    np.testing.assert_array_equal(back.labels.array()[0], labels)


def test_a_series_whose_identifiers_were_emptied_can_still_be_segmented(tmp_path: Path) -> None:
    for path in write_series(tmp_path / "ct", ramp_volume(), straight_affine()):
        ds = pydicom.dcmread(path)
        for name in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID", "StudyDate"):
            setattr(ds, name, "")
        del ds.PatientBirthDate
        ds.save_as(path)
    grid = open_image(tmp_path / "ct").grid
    mask = held_mask(corner_labels(), grid, NAMES)
    first, second = (
        pydicom.dcmread(write_dicom_seg(mask, tmp_path / "ct", tmp_path / name, codes={}, algorithm="unet"))
        for name in ("a.dcm", "b.dcm")
    )
    assert first.StudyInstanceUID == second.StudyInstanceUID
    assert first.SeriesInstanceUID != second.SeriesInstanceUID
    np.testing.assert_array_equal(open_mask(tmp_path / "a.dcm", NAMES, like=grid).labels.array()[0], corner_labels())


def test_an_enhanced_mr_whose_frames_each_state_their_spacing_can_be_segmented(data_folder: Path, tmp_path: Path) -> None:
    path = data_folder / "dicom_samples/nibabel_nicom/philips_mprage.dcm.gz"
    grid = open_image(path).grid
    labels = np.zeros(grid.shape, np.uint8)
    labels[:40, :30, 3:7] = 1
    seg = write_dicom_seg(held_mask(labels, grid, NAMES[:2]), path, tmp_path / "m.dcm", codes={}, algorithm="unet")
    np.testing.assert_array_equal(open_mask(seg, NAMES[:2], like=grid).labels.array()[0], labels)


def test_a_mask_on_another_grid_is_refused(tmp_path: Path) -> None:
    write_series(tmp_path / "ct", ramp_volume(), straight_affine())
    grid = Grid(shape=(13, 11, 6), affine=as_affine(np.eye(4)), world="ras_mm")
    with pytest.raises(GeometryError, match="Resample the mask"):
        write_dicom_seg(held_mask(corner_labels(), grid, NAMES), tmp_path / "ct", tmp_path / "m.dcm", codes={}, algorithm="unet")


def test_codes_are_numbers_with_a_meaning() -> None:
    assert segment_code("aorta", "15825003").meaning == "aorta"
    assert segment_code("aorta", "15825003|Aorta").meaning == "Aorta"
    with pytest.raises(StudyError, match="SNOMED CT code for aorta"):
        segment_code("aorta", "Aorta")
