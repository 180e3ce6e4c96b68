"""Images that a model made, as DICOM: where they lie, whose they are, and that they say what they are."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from isocenter.core.errors import FileError, GeometryError
from isocenter.core.grid import plain_grid
from isocenter.core.image import SYNTHETIC, held_image
from isocenter.io.dicom_synthetic import writable, write_dicom_synthetic
from isocenter.io.images import open_image
from tests.io.phantoms import ramp_volume
from tests.io.synthetic_dicom import CR, CT, SECONDARY, dataset, oblique_affine, save, straight_affine, write_series

PLACES = pytest.mark.parametrize("affine", [straight_affine(), oblique_affine()], ids=["axial", "oblique"])


def made_of(folder: Path, samples: np.ndarray, unit: str = "HU"):
    return held_image(samples, open_image(folder).grid, unit=unit, note=SYNTHETIC)


@PLACES
def test_read_back_it_lies_where_its_source_lies_and_says_what_it_is(tmp_path: Path, affine: np.ndarray) -> None:
    write_series(tmp_path / "ct", ramp_volume(), affine)
    made = made_of(tmp_path / "ct", open_image(tmp_path / "ct").array().astype(np.int16) + 7)
    back = open_image(write_dicom_synthetic(made, tmp_path / "ct", tmp_path / "out", made_by="pix2pix"))
    assert back.note == SYNTHETIC
    assert back.unit == "HU"
    assert back.grid.same_as(made.grid, tolerance=1e-4)
    np.testing.assert_array_equal(back.array(), made.array())


def test_no_software_can_take_it_for_a_scan(tmp_path: Path) -> None:
    sources = write_series(tmp_path / "ct", ramp_volume(), straight_affine(), PatientName="Doe^Jane")
    made = made_of(tmp_path / "ct", open_image(tmp_path / "ct").array())
    folder = write_dicom_synthetic(made, tmp_path / "ct", tmp_path / "out", made_by="pix2pix", burned_in=True)
    objects = [pydicom.dcmread(path) for path in sorted(folder.iterdir())]
    assert len(objects) == ramp_volume().shape[2]
    origin = pydicom.dcmread(sources[0])
    for made_slice in objects:
        assert made_slice.SOPClassUID == SECONDARY != CT
        assert made_slice.ConversionType == "SYN"
        assert list(made_slice.ImageType[:2]) == ["DERIVED", "SECONDARY"]
        assert made_slice.SeriesDescription == made_slice.ImageComments == SYNTHETIC
        assert made_slice.BurnedInAnnotation == "YES"
        assert made_slice.ContributingEquipmentSequence[0].ContributionDescription == SYNTHETIC
        assert made_slice.PatientName == "Doe^Jane"
        assert made_slice.StudyInstanceUID == origin.StudyInstanceUID
        assert made_slice.SeriesInstanceUID != origin.SeriesInstanceUID
    referred = {o.SourceImageSequence[0].ReferencedSOPInstanceUID for o in objects}
    assert referred == {pydicom.dcmread(path).SOPInstanceUID for path in sources}
    assert len({o.SOPInstanceUID for o in objects}) == len(objects)


def test_fractions_keep_sixteen_bits_of_their_span(tmp_path: Path, rng: np.random.Generator) -> None:
    write_series(tmp_path / "ct", ramp_volume(), straight_affine())
    samples = rng.normal(0, 0.01, open_image(tmp_path / "ct").shape).astype(np.float32)
    folder = write_dicom_synthetic(made_of(tmp_path / "ct", samples, "1"), tmp_path / "ct", tmp_path / "out", made_by="x")
    back = open_image(folder)
    assert back.unit == "1"
    np.testing.assert_allclose(back.array(), samples, atol=np.ptp(samples) / 2**16)


def test_a_film_is_one_object(tmp_path: Path, rng: np.random.Generator) -> None:
    film = rng.integers(0, 4096, (12, 9)).astype(np.uint16)
    path = save(dataset(film, sop_class=CR, modality="CR", PixelSpacing=[0.2, 0.2]), tmp_path / "film.dcm")
    folder = write_dicom_synthetic(made_of(path, open_image(path).array(), "1"), path, tmp_path / "out", made_by="x")
    np.testing.assert_array_equal(open_image(folder).array(), open_image(path).array())


def test_what_cannot_be_such_objects_is_refused_with_a_remedy(tmp_path: Path) -> None:
    write_series(tmp_path / "ct", ramp_volume(), straight_affine())
    elsewhere = held_image(np.zeros((1, 4, 4, 2), np.int16), plain_grid((4, 4, 2)), note=SYNTHETIC)
    assert not writable(elsewhere, tmp_path / "ct")
    with pytest.raises(GeometryError, match=r"\.nii\.gz"):
        write_dicom_synthetic(elsewhere, tmp_path / "ct", tmp_path / "out", made_by="x")
    grid = open_image(tmp_path / "ct").grid
    two = held_image(np.zeros((2, *grid.shape), np.int16), grid, channels=("a", "b"))
    assert not writable(two, tmp_path / "ct")
    with pytest.raises(FileError, match="one channel"):
        write_dicom_synthetic(two, tmp_path / "ct", tmp_path / "out", made_by="x")


def test_a_filtered_image_is_derived_and_not_synthetic(tmp_path: Path) -> None:
    write_series(tmp_path / "ct", ramp_volume(), straight_affine())
    scan = open_image(tmp_path / "ct")
    plain = held_image(scan.array(), scan.grid, unit="HU")
    first = pydicom.dcmread(write_dicom_synthetic(plain, tmp_path / "ct", tmp_path / "out", made_by="median") / "0001.dcm")
    assert first.ConversionType == "WSD"
    assert "SYNTHETIC" not in first.ImageType
    assert open_image(tmp_path / "out").note == ""
