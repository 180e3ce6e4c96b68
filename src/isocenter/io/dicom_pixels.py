"""DICOM pixel data -> numbers that mean what the image shows.

In:   a data set with its pixels.
Out:  (F, rows, columns[, 3]): decompressed, palette applied, YBR turned to RGB, MONOCHROME1 turned, modality rescale applied.
Rule: in MONOCHROME1 the stored value v becomes lo + hi - v, lo and hi being the ends of the stored bits (0 and 2^bits - 1 if
      unsigned), so that bright is dense; values with a unit of their own (CT, PET, NM) are never turned. Slope and intercept
      come after. Integers stay integers when the slope is 1 and the intercept whole. No window is applied.
Not:  no geometry.

Reference: DICOM PS3.3 C.7.6.3, C.11.1; PS3.5 section 8
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels.processing import apply_color_lut, apply_modality_lut

from isocenter.core.errors import FileError
from isocenter.io.dicom_codecs import decode_frames
from isocenter.io.dicom_header import brief, get, has_pixels, number, quiet

_MEASURED = frozenset({"CT", "PT", "NM"})


def is_color(ds: pydicom.Dataset) -> bool:
    """Tell whether the pixels become red, green and blue."""
    return int(number(ds, "SamplesPerPixel", 1)) >= 3 or get(ds, "PhotometricInterpretation") == "PALETTE COLOR"


def frame_count(ds: pydicom.Dataset) -> int:
    """Number of frames; 1 where it is not stated."""
    return max(1, int(number(ds, "NumberOfFrames", 1)))


def shown_pixels(ds: pydicom.Dataset, path: Path, *, rescale: bool = True) -> NDArray[Any]:
    """Return (F, rows, columns) or (F, rows, columns, 3). FileError if the pixels cannot be decoded.

    rescale : False leaves the modality rescale to the caller (whose frames have slopes of their own)
    """
    stored = stored_pixels(ds, path)
    if get(ds, "PhotometricInterpretation") == "PALETTE COLOR" and "RedPaletteColorLookupTableDescriptor" in ds:
        return _through_table(apply_color_lut, stored, ds, path)[..., :3]
    if is_color(ds):
        return stored
    if get(ds, "PhotometricInterpretation") == "MONOCHROME1" and get(ds, "Modality") not in _MEASURED and stored.dtype.kind in "iu":
        stored = _turned(stored, ds)
    if not rescale:
        return stored
    if "ModalityLUTSequence" in ds and len(ds.ModalityLUTSequence):
        return _through_table(apply_modality_lut, stored, ds, path)
    return rescaled(stored, [number(ds, "RescaleSlope", 1.0)], [number(ds, "RescaleIntercept", 0.0)])


def stored_pixels(ds: pydicom.Dataset, path: Path) -> NDArray[Any]:
    """Return the stored values (F, rows, columns[, 3]), decompressed. FileError names why not."""
    if not has_pixels(ds):
        raise FileError(f"{path}: expected pixel data, got a DICOM file without any. It holds no picture; leave it out.")
    frames, rows, columns = frame_count(ds), int(ds.Rows), int(ds.Columns)
    try:
        with quiet():
            array = np.asarray(ds.pixel_array)
    except Exception as error:  # pydicom raises many kinds; each means it cannot decode
        array = decode_frames(ds, path, frames, error)
    color = int(number(ds, "SamplesPerPixel", 1)) >= 3
    try:
        return array.reshape((frames, rows, columns, -1))[..., :3] if color else array.reshape((frames, rows, columns))
    except ValueError as error:
        raise FileError(
            f"{path}: expected {frames} frames of {rows} rows and {columns} columns, got pixels of shape {array.shape}. "
            "The file is damaged; export it again."
        ) from error


def rescaled(stored: NDArray[Any], slopes: Sequence[float], intercepts: Sequence[float]) -> NDArray[Any]:
    """Apply slope and intercept, one pair for all or one a frame (F, rows, columns).

    Integers when every slope is 1 and every intercept whole (int16 where the stored type allows it), else float32.
    """
    slope, intercept = np.asarray(slopes, np.float64), np.asarray(intercepts, np.float64)
    if (slope == 1).all() and (intercept == 0).all():
        return stored
    shape = (-1,) + (1,) * (stored.ndim - 1)
    if (slope == 1).all() and (intercept == np.round(intercept)).all() and stored.dtype.kind in "iu":
        low = float(stored.min(initial=0)) + intercept.min()
        high = float(stored.max(initial=0)) + intercept.max()
        fits = low >= -(2**15) and high < 2**15
        return np.asarray(stored.astype(np.int32) + intercept.astype(np.int32).reshape(shape), np.int16 if fits else np.int32)
    return np.asarray(stored * slope.reshape(shape) + intercept.reshape(shape), np.float32)


def _through_table(apply: Callable[..., Any], stored: NDArray[Any], ds: pydicom.Dataset, path: Path) -> NDArray[Any]:
    """Values through a lookup table of the file. FileError if the table is damaged."""
    try:
        with quiet():
            return np.asarray(apply(stored, ds))
    except Exception as error:  # pydicom raises many kinds; each means the table does not fit its own description
        raise FileError(f"{path}: expected a lookup table for its pixels, got: {brief(error)}. Export the file again.") from error


def _turned(stored: NDArray[Any], ds: pydicom.Dataset) -> NDArray[Any]:
    """MONOCHROME1: exchange the ends of the stored range."""
    bits = int(number(ds, "BitsStored", number(ds, "BitsAllocated", 8)))
    ends = -1 if int(number(ds, "PixelRepresentation", 0)) else 2**bits - 1  # lo + hi
    return np.asarray(ends - stored.astype(np.int64), stored.dtype)
