"""Data sets and what they are."""

from pathlib import Path

import pydicom
import pytest

from isocenter.core.errors import FileError
from isocenter.io.dicom_header import get, number, numbers, read_dataset, refuse_without_image


def test_an_absent_or_garbled_number_is_the_default() -> None:
    ds = pydicom.Dataset()
    assert number(ds, "RescaleSlope", 1.0) == 1.0
    assert numbers(ds, "PixelSpacing", 2) is None
    ds.PixelSpacing = [1, 2]
    assert numbers(ds, "PixelSpacing", 2) == (1.0, 2.0)
    assert get(ds, "PatientName", "none") == "none"


@pytest.mark.parametrize(
    ("uid", "what"),
    [
        ("1.2.840.10008.5.1.4.1.1.481.3", "RT structure set"),
        ("1.2.840.10008.5.1.4.1.1.88.33", "structured report"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "encapsulated document"),
        ("1.2.840.10008.5.1.4.1.1.2", "without Rows, Columns, BitsAllocated"),
    ],
)
def test_an_object_without_an_image_is_named(uid: str, what: str) -> None:
    ds = pydicom.Dataset()
    ds.SOPClassUID = uid
    with pytest.raises(FileError, match=what):
        refuse_without_image(ds, Path("a.dcm"))


def test_bytes_that_are_no_dicom_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.dcm").write_bytes(bytes(300))
    with pytest.raises(FileError, match=r"a\.dcm"):
        refuse_without_image(read_dataset(tmp_path / "a.dcm"), tmp_path / "a.dcm")
