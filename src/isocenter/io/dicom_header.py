"""DICOM data sets, read quietly, and what they are.

In:   one DICOM file, with or without preamble, packed with gzip or not.
Out:  a pydicom Dataset, without pixels unless asked; FileError that names what an object without an image is.
Not:  no pixels are decoded (dicom_pixels.py), no geometry (dicom_geometry.py).

Reference: DICOM PS3.3, PS3.10
"""

import gzip
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any, BinaryIO

import pydicom
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from isocenter.core.errors import FileError

logging.getLogger("pydicom").addHandler(logging.NullHandler())  # damage is raised or read over, not printed

# SOP classes without an image, by the beginning of their UID, and what to do instead.
_NO_IMAGE = {
    "1.2.840.10008.1.3.10": ("a DICOMDIR, an index of other files", "Give the folder of the series it lists."),
    "1.2.840.10008.5.1.4.1.1.481.3": ("an RT structure set (contours)", "Convert the contours to a mask on the CT's grid."),
    "1.2.840.10008.5.1.4.1.1.481.5": ("an RT plan", "Give the CT series it was made on, or its RT dose."),
    "1.2.840.10008.5.1.4.1.1.481.8": ("an RT ion plan", "Give the CT series it was made on."),
    "1.2.840.10008.5.1.4.1.1.481.9": ("an RT ion beam record", "Give the CT series it was made on."),
    "1.2.840.10008.5.1.4.1.1.481.": ("an RT object without an image", "Give the image series it speaks of."),
    "1.2.840.10008.5.1.4.1.1.88.": ("a structured report", "Give the images it speaks of."),
    "1.2.840.10008.5.1.4.1.1.9.": ("a waveform, such as an ECG", "Waveforms are not images; leave the cell empty."),
    "1.2.840.10008.5.1.4.1.1.11.": ("a presentation state", "Give the images it speaks of."),
    "1.2.840.10008.5.1.4.1.1.66.1": ("a spatial registration", "Give the images it speaks of."),
    "1.2.840.10008.5.1.4.1.1.67": ("a real-world value mapping", "Give the images it speaks of."),
    "1.2.840.10008.5.1.4.1.1.91.1": ("microscopy annotations", "Give the slide they speak of."),
    "1.2.840.10008.5.1.4.1.1.104.": ("an encapsulated document", "Give the images it speaks of."),
    "1.2.840.10008.5.1.4.31": ("a worklist entry", "Give an image."),
    "1.2.840.10008.5.1.4.1.1.4.2": ("MR spectroscopy", "Spectra are not images; leave the cell empty."),
}
_RT_IMAGES = ("1.2.840.10008.5.1.4.1.1.481.1", "1.2.840.10008.5.1.4.1.1.481.2")  # RT image and RT dose have pixels
_PIXELS = ("PixelData", "FloatPixelData", "DoubleFloatPixelData")


def read_dataset(path: Path, *, pixels: bool = False, tags: list[str] | None = None) -> pydicom.Dataset:
    """Read one DICOM file. FileError if it is damaged or no DICOM.

    pixels : read the pixel data too
    tags   : read these attributes only (much faster over a folder)
    """
    try:
        with quiet(), _stream(path) as file:
            ds = pydicom.dcmread(file, stop_before_pixels=not pixels, specific_tags=tags, force=True)
    except Exception as error:  # pydicom raises many kinds; each means the file cannot be read
        raise FileError(f"{path}: expected a DICOM file, got: {brief(error)}. Copy or export it again.") from error
    if len(ds) == 0 and not getattr(ds, "file_meta", None):
        raise FileError(f"{path}: expected a DICOM file, got one without any DICOM attribute. Correct the path.")
    _settle_syntax(ds)
    return ds


def refuse_without_image(ds: pydicom.Dataset, path: Path) -> None:
    """FileError that says what the object is, if it holds no image."""
    uid = sop_class(ds)
    if not uid.startswith(_RT_IMAGES) or uid.startswith("1.2.840.10008.5.1.4.1.1.481.10"):
        for start, (what, remedy) in _NO_IMAGE.items():
            if uid == start or (uid.startswith(start) and start.endswith(".")):
                raise FileError(f"{path}: expected a DICOM image, got {what}. {remedy}")
    missing = [name for name in ("Rows", "Columns", "BitsAllocated") if get(ds, name) is None]
    if missing:
        kind = f" ({uid.name})" if hasattr(uid, "name") and uid else ""
        raise FileError(
            f"{path}: expected a DICOM image, got an object{kind} without {', '.join(missing)}. "
            "It is cut short or holds no picture; export the image again."
        )


def sop_class(ds: pydicom.Dataset) -> Any:
    """The SOP class UID; of a file's own preamble where the data set lacks it; empty if neither states one."""
    uid = get(ds, "SOPClassUID")
    if uid is None:
        uid = get(getattr(ds, "file_meta", pydicom.Dataset()), "MediaStorageSOPClassUID")
    return uid if isinstance(uid, pydicom.uid.UID) else pydicom.uid.UID("")  # absent, or damaged to several values


def get(ds: Any, name: str, default: Any = None) -> Any:
    """Return one attribute, `default` if it is absent, empty or written wrongly."""
    try:
        with quiet():
            value = ds.get(name, default)
    except Exception:  # a value that cannot be parsed is as good as none; the caller says what it needs
        return default
    return default if value is None or (hasattr(value, "__len__") and len(value) == 0) else value


def number(ds: Any, name: str, default: float) -> float:
    """Return one attribute as a number, `default` if it is absent or none."""
    try:
        value = float(get(ds, name, default))
    except (TypeError, ValueError):
        return default
    return value if isfinite(value) else default


def numbers(ds: Any, name: str, count: int) -> tuple[float, ...] | None:
    """Return one attribute as `count` numbers; None if it is absent, damaged or of another length."""
    try:
        values = tuple(float(v) for v in get(ds, name, ()))
    except (TypeError, ValueError):
        return None
    return values if len(values) == count and all(map(isfinite, values)) else None


@contextmanager
def quiet() -> Iterator[None]:
    """Keep the warnings of the DICOM libraries off the terminal: what matters is raised as FileError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def brief(error: Exception) -> str:
    """First line of an error."""
    lines = str(error).strip().splitlines()
    return lines[0][:300].rstrip(" :.") if lines else type(error).__name__


def has_pixels(ds: pydicom.Dataset) -> bool:
    """Tell whether the data set holds pixel data."""
    return any(name in ds for name in _PIXELS)


@contextmanager
def _stream(path: Path) -> Iterator[BinaryIO]:
    """Open a file, unpacking gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if packed:
            with gzip.open(file) as unpacked:
                yield unpacked  # type: ignore[misc]
        else:
            yield file


def _settle_syntax(ds: pydicom.Dataset) -> None:
    """Give a file without a stated transfer syntax the uncompressed one it was parsed as."""
    meta = getattr(ds, "file_meta", None)
    if meta is None or get(meta, "TransferSyntaxUID") is not None:
        return
    implicit, little = ds.original_encoding
    meta.TransferSyntaxUID = (
        ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian if little is not False else ExplicitVRBigEndian
    )
