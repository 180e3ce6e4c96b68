"""The 306 DICOM sample files: read as pydicom reads them, or refused with the cause; no crash, no word on the terminal."""

import csv
import gzip
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_color_lut, apply_modality_lut

from isocenter.core.errors import FileError
from isocenter.io.images import open_image

pytestmark = pytest.mark.data
_MEASURED = ("CT", "PT", "NM")


def _inventory(folder: Path) -> dict[str, bool]:
    """File -> whether plain pydicom decodes it."""
    with (folder / "INVENTORY.csv").open() as file:
        return {row["file"]: row["pixel_decode_plain_pydicom"].startswith("shape") for row in csv.DictReader(file)}


def _by_pydicom(path: Path) -> np.ndarray:
    """Frames (F, rows, columns[, 3]) by pydicom, with the documented steps done one by one."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            ds = pydicom.dcmread(file, force=True)
        array = ds.pixel_array
        color = ds.get("SamplesPerPixel", 1) == 3
        array = array.reshape((-1, ds.Rows, ds.Columns, *([3] if color else [])))
        if ds.PhotometricInterpretation == "PALETTE COLOR" and "RedPaletteColorLookupTableDescriptor" in ds:
            return np.asarray(apply_color_lut(array, ds))
        if color:
            return array
        if ds.PhotometricInterpretation == "MONOCHROME1" and ds.get("Modality") not in _MEASURED:
            top = -1 if ds.PixelRepresentation else 2**ds.BitsStored - 1
            array = top - array.astype(np.int32)
        if "DoseGridScaling" in ds:
            return array * float(ds.DoseGridScaling)
        if "PerFrameFunctionalGroupsSequence" not in ds:
            return np.asarray(apply_modality_lut(array, ds))
        out = array.astype(float)
        for k in range(len(out)):
            groups = (ds.PerFrameFunctionalGroupsSequence[k], ds.SharedFunctionalGroupsSequence[0])
            for item in groups:
                if "PixelValueTransformationSequence" in item:
                    rescale = item.PixelValueTransformationSequence[0]
                    out[k] = out[k] * float(rescale.RescaleSlope) + float(rescale.RescaleIntercept)
                    break
        return out


def _frames(array: np.ndarray, frames: int, color: bool) -> np.ndarray:
    """(C, X, Y[, Z or T]) back to (F, rows, columns[, 3]), in whatever order the frames came."""
    if array.ndim == 3 and frames == 1:
        out = array.transpose(2, 1, 0)[None]
        return out if color else out[..., 0]
    if array.ndim == 4 and not color:
        return array.transpose(0, 3, 2, 1).reshape(-1, array.shape[2], array.shape[1])
    if array.ndim == 4:
        return array.transpose(3, 2, 1, 0)
    channels = array.transpose(0, 2, 1)  # (F or 3 F, rows, columns)
    return channels.reshape(frames, 3, *channels.shape[1:]).transpose(0, 2, 3, 1) if color else channels


def _same_frames(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Equal as sets of frames: sorting slices by position may change their order."""
    if ours.shape != theirs.shape:
        return False
    if np.array_equal(ours, theirs) or np.allclose(ours, theirs, rtol=1e-5, atol=1e-5):
        return True
    left = sorted(np.asarray(f, np.float32).tobytes() for f in ours)
    return left == sorted(np.asarray(f, np.float32).tobytes() for f in theirs)


def test_what_plain_pydicom_decodes_is_equal_to_it(data_folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = data_folder / "dicom_samples"
    decodable = [name for name, ok in _inventory(folder).items() if ok]
    assert len(decodable) == 171
    wrong = []
    for name in decodable:
        theirs = _by_pydicom(folder / name)
        image = open_image(folder / name)
        ours = image.array()
        color = theirs.ndim == 4
        tiles = image.shape[1:3] != (theirs.shape[2], theirs.shape[1])
        if tiles:  # a slide, whose tiles are laid out row by row
            rows, columns = theirs.shape[1:3]
            across = image.shape[1] // columns
            ours = np.stack(
                [
                    ours[:, (k % across) * columns :, (k // across) * rows :][:, :columns, :rows].transpose(2, 1, 0)
                    for k in range(len(theirs))
                ]
            )
            ours = ours if color else ours[..., 0]
        else:
            ours = _frames(ours, len(theirs), color)
        if not _same_frames(ours, theirs):
            wrong.append(name)
    assert wrong == []
    assert capfd.readouterr() == ("", "")


def test_every_other_file_is_read_by_a_codec_or_refused_with_its_cause(
    data_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = data_folder / "dicom_samples"
    known = _inventory(folder)
    others = [p for p in sorted(folder.rglob("*")) if p.is_file() and not known.get(str(p.relative_to(folder)), False)]
    assert len(others) == 306 - 171
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path in others:
            try:
                open_image(path).array()
            except FileError as error:
                message = str(error)
                assert message.startswith(str(path)), message
                assert "expected" in message, message
                assert "got" in message, message
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("pydicom_test_files/rtstruct.dcm", "RT structure set"),
        ("pydicom_test_files/rtplan.dcm", "RT plan"),
        ("pydicom_test_files/waveform_ecg.dcm", "waveform"),
        ("pydicom_test_files/test-SR.dcm", "structured report"),
        ("pydicom_test_files/dicomdirtests/DICOMDIR", "DICOMDIR"),
        ("pydicom_test_files/MR_truncated.dcm", "cut short or damaged"),
        ("dcmqi/sr-example/rwvm.dcm", "real-world value mapping"),
        ("nibabel_nicom/csa_slice_norm.dcm", "without any"),
    ],
)
def test_the_cause_is_named(data_folder: Path, name: str, said: str) -> None:
    with pytest.raises(FileError, match=said):
        open_image(data_folder / "dicom_samples" / name).array()


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("pydicom_data/emri_small_jpeg_ls_lossless.dcm", "pydicom_data/emri_small.dcm"),
        ("pydicom_data/emri_small_jpeg_2k_lossless.dcm", "pydicom_data/emri_small.dcm"),
        ("pydicom_data/emri_small_RLE.dcm", "pydicom_data/emri_small.dcm"),
        ("pydicom_data/liver_rle.dcm", "dcmqi/segmentations/liver.dcm"),
        ("pydicom_data/liver_deflate.dcm", "dcmqi/segmentations/liver.dcm"),
    ],
)
def test_lossless_compression_changes_nothing(data_folder: Path, name: str, reference: str) -> None:
    folder = data_folder / "dicom_samples"
    if not (folder / name).exists():
        pytest.skip(f"{name} is not in this copy")
    np.testing.assert_array_equal(open_image(folder / name).array(), open_image(folder / reference).array())


def test_monochrome1_is_turned_so_that_bright_is_dense(data_folder: Path) -> None:
    plain = next((data_folder / "txrv_tests").glob("1.2.276*.dcm"))
    turned = open_image(data_folder / "txrv_tests/Fake_MONOHR1.dcm").array()
    np.testing.assert_array_equal(turned, 255 - open_image(plain).array())


def test_a_gzipped_enhanced_mr_is_a_volume(data_folder: Path) -> None:
    image = open_image(data_folder / "dicom_samples/nibabel_nicom/philips_mprage.dcm.gz")
    assert image.shape[0] == 1
    assert image.grid.ndim == 3
    assert image.grid.world == "ras_mm"
