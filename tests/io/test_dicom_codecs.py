"""Syntaxes pydicom alone cannot decode."""

import zlib
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from isocenter.core.errors import FileError
from isocenter.io.dicom_header import read_dataset
from isocenter.io.dicom_pixels import stored_pixels
from tests.io.synthetic_dicom import dataset, save

ROWS = (np.arange(9 * 8).reshape(9, 8) * 50).astype(np.uint16)


def _encapsulated(tmp_path: Path, syntax: str, part: bytes) -> Path:
    ds = dataset(ROWS)
    ds.file_meta.TransferSyntaxUID = syntax
    ds.PixelData = encapsulate([part])
    ds["PixelData"].is_undefined_length = True
    with (tmp_path / "a.dcm").open("wb") as file:  # as a newer DICOM edition than pydicom's would
        pydicom.dcmwrite(file, ds, implicit_vr=False, little_endian=True, force_encoding=True)
    return tmp_path / "a.dcm"


def test_deflated_frames_come_back_equal(tmp_path: Path) -> None:
    packer = zlib.compressobj(wbits=-15)
    part = packer.compress(ROWS.tobytes()) + packer.flush()
    path = _encapsulated(tmp_path, "1.2.840.10008.1.2.8.1", part + b"\0" * (len(part) % 2))
    np.testing.assert_array_equal(stored_pixels(read_dataset(path, pixels=True), path)[0], ROWS)


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        ("1.2.840.10008.1.2.4.110", lambda rows: imagecodecs.jpegxl_encode(rows, lossless=True)),
        ("1.2.840.10008.1.2.4.201", imagecodecs.htj2k_encode),
        ("1.2.840.10008.1.2.4.70", lambda rows: imagecodecs.ljpeg_encode(rows, bitspersample=16)),
    ],
    ids=["jpeg xl", "high-throughput jpeg 2000", "jpeg lossless"],
)
def test_lossless_syntaxes_come_back_equal(tmp_path: Path, syntax: str, encode: Callable[[np.ndarray], bytes]) -> None:
    part = encode(ROWS)
    path = _encapsulated(tmp_path, syntax, part + b"\0" * (len(part) % 2))
    np.testing.assert_array_equal(stored_pixels(read_dataset(path, pixels=True), path)[0], ROWS)


def test_signed_values_keep_their_sign(tmp_path: Path) -> None:
    signed = ROWS.astype(np.int16) - 500
    ds = dataset(signed)
    ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.70"
    ds.PixelData = encapsulate([imagecodecs.ljpeg_encode(signed.view(np.uint16), bitspersample=16)])
    ds["PixelData"].is_undefined_length = True
    path = save(ds, tmp_path / "a.dcm")
    np.testing.assert_array_equal(stored_pixels(read_dataset(path, pixels=True), path)[0], signed)


def test_a_damaged_stream_is_refused_by_its_syntax(tmp_path: Path) -> None:
    path = _encapsulated(tmp_path, JPEG2000Lossless, b"no jpeg here")
    with pytest.raises(FileError, match=r"a\.dcm: expected JPEG 2000.*cannot be decoded"):
        stored_pixels(read_dataset(path, pixels=True), path)


def test_a_video_is_refused_by_its_name(tmp_path: Path) -> None:
    path = _encapsulated(tmp_path, "1.2.840.10008.1.2.4.102", b"video")
    with pytest.raises(FileError, match="MPEG-4"):
        stored_pixels(read_dataset(path, pixels=True), path)
