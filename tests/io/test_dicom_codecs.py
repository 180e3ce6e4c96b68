"""Syntaxes pydicom alone cannot decode."""

import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from isocenter.core.errors import FileError
from isocenter.io.dicom_header import read_dataset
from isocenter.io.dicom_pixels import stored_pixels
from tests.io.synthetic_dicom import dataset

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


def test_a_damaged_stream_is_refused_by_its_syntax(tmp_path: Path) -> None:
    path = _encapsulated(tmp_path, JPEG2000Lossless, b"no jpeg here")
    with pytest.raises(FileError, match=r"a\.dcm: expected JPEG 2000.*cannot be decoded"):
        stored_pixels(read_dataset(path, pixels=True), path)


def test_a_video_is_refused_by_its_name(tmp_path: Path) -> None:
    path = _encapsulated(tmp_path, "1.2.840.10008.1.2.4.102", b"video")
    with pytest.raises(FileError, match="MPEG-4"):
        stored_pixels(read_dataset(path, pixels=True), path)
