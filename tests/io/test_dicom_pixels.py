"""Stored values to numbers that mean something."""

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless, JPEGLosslessSV1, JPEGLSLossless

from isocenter.core.errors import FileError
from isocenter.io.dicom_header import read_dataset
from isocenter.io.dicom_pixels import rescaled, shown_pixels
from tests.io.synthetic_dicom import CR, dataset, save

ROWS = (np.arange(9 * 8).reshape(9, 8) * 50).astype(np.uint16)


def _shown(path: Path) -> np.ndarray:
    return shown_pixels(read_dataset(path, pixels=True), path)[0]


@pytest.mark.parametrize(("bits", "top"), [(12, 4095), (16, 65535)])
def test_monochrome1_exchanges_the_ends_of_its_bits(tmp_path: Path, bits: int, top: int) -> None:
    ds = dataset(ROWS, sop_class=CR, modality="CR", PhotometricInterpretation="MONOCHROME1", BitsStored=bits, HighBit=bits - 1)
    np.testing.assert_array_equal(_shown(save(ds, tmp_path / "a.dcm")), top - ROWS)


def test_signed_monochrome1_exchanges_too(tmp_path: Path) -> None:
    ds = dataset(ROWS.astype(np.int16) - 500, modality="CR", PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(_shown(save(ds, tmp_path / "a.dcm")), -1 - (ROWS.astype(int) - 500))


def test_hounsfield_units_are_never_turned(tmp_path: Path) -> None:
    ds = dataset(ROWS, modality="CT", PhotometricInterpretation="MONOCHROME1")
    np.testing.assert_array_equal(_shown(save(ds, tmp_path / "a.dcm")), ROWS)


def test_a_whole_rescale_keeps_integers() -> None:
    out = rescaled(np.array([[[0, 4095]]], np.uint16), [1.0], [-1024.0])
    assert out.dtype == np.int16
    assert out.ravel().tolist() == [-1024, 3071]


def test_values_beyond_sixteen_bits_do_not_wrap() -> None:
    assert rescaled(np.array([[[0, 65535]]], np.uint16), [1.0], [-1024.0]).ravel().tolist() == [-1024, 64511]


def test_a_fractional_slope_gives_fractions() -> None:
    out = rescaled(np.array([[[2]], [[4]]], np.int16), [0.5, 2.0], [0.0, 1.0])
    assert out.dtype == np.float32
    assert out.ravel().tolist() == [1.0, 9.0]


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        (JPEGLosslessSV1, lambda rows: imagecodecs.ljpeg_encode(rows, bitspersample=16)),
        (JPEGLSLossless, imagecodecs.jpegls_encode),
        (JPEG2000Lossless, lambda rows: imagecodecs.jpeg2k_encode(rows, codecformat="j2k", reversible=True)),
    ],
    ids=["jpeg lossless", "jpeg-ls", "jpeg 2000"],
)
def test_lossless_syntaxes_come_back_equal(tmp_path: Path, syntax: str, encode: object) -> None:
    ds = dataset(ROWS)
    ds.file_meta.TransferSyntaxUID = syntax
    ds.PixelData = encapsulate([encode(np.ascontiguousarray(ROWS))])  # type: ignore[operator]
    ds["PixelData"].is_undefined_length = True
    np.testing.assert_array_equal(_shown(save(ds, tmp_path / "a.dcm")), ROWS)


def test_a_palette_that_does_not_fit_is_refused_by_name(tmp_path: Path) -> None:
    ds = dataset(np.zeros((2, 2), np.uint8), PhotometricInterpretation="PALETTE COLOR")
    for name in ("Red", "Green", "Blue"):
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [3, 0, 8])
        setattr(ds, f"{name}PaletteColorLookupTableData", bytes(4))
    with pytest.raises(FileError, match="lookup table"):
        _shown(save(ds, tmp_path / "a.dcm"))


def test_a_palette_gives_color(tmp_path: Path) -> None:
    rows = np.array([[0, 1], [2, 1]], np.uint8)
    ds = dataset(rows, PhotometricInterpretation="PALETTE COLOR")
    for name, table in (("Red", [0, 10, 20, 30]), ("Green", [0, 11, 21, 31]), ("Blue", [0, 12, 22, 32])):
        setattr(ds, f"{name}PaletteColorLookupTableDescriptor", [4, 0, 8])
        setattr(ds, f"{name}PaletteColorLookupTableData", bytes(table))
    assert _shown(save(ds, tmp_path / "a.dcm")).tolist() == [[[0, 0, 0], [10, 11, 12]], [[20, 21, 22], [10, 11, 12]]]
