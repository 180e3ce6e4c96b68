"""Compressed DICOM frames that pydicom's own plugins cannot decode, by imagecodecs.

In:   a data set with encapsulated pixels: JPEG, JPEG lossless, JPEG-LS, JPEG 2000, high-throughput JPEG 2000, JPEG XL, deflated
      frames, and RLE of one-bit segmentations.
Out:  stored values (F, rows, columns[, 3]).
Not:  no GPL decoder is used (so not pylibjpeg-libjpeg); video syntaxes are refused.

Reference: DICOM PS3.5 annex A.4 and G
"""

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.encaps import generate_frames
from pydicom.uid import UID

from isocenter.core.errors import FileError
from isocenter.io.dicom_header import brief, get, number, quiet

_JPEG = "1.2.840.10008.1.2.4."
_RLE = "1.2.840.10008.1.2.5"
_DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
_RAW_DEFLATE = -15
_RLE_HEADER = 64
_IMAGE_CODECS: dict[str, Callable[[bytes], Any]] = {
    f"{_JPEG}50": imagecodecs.jpeg_decode,
    f"{_JPEG}51": imagecodecs.jpeg_decode,
    f"{_JPEG}57": imagecodecs.ljpeg_decode,
    f"{_JPEG}70": imagecodecs.ljpeg_decode,
    f"{_JPEG}80": imagecodecs.jpegls_decode,
    f"{_JPEG}81": imagecodecs.jpegls_decode,
    f"{_JPEG}90": imagecodecs.jpeg2k_decode,
    f"{_JPEG}91": imagecodecs.jpeg2k_decode,
    f"{_JPEG}201": imagecodecs.jpeg2k_decode,
    f"{_JPEG}202": imagecodecs.jpeg2k_decode,
    f"{_JPEG}203": imagecodecs.jpeg2k_decode,
    f"{_JPEG}110": imagecodecs.jpegxl_decode,
    f"{_JPEG}112": imagecodecs.jpegxl_decode,
}


def decode_frames(ds: pydicom.Dataset, path: Path, frames: int, cause: Exception) -> NDArray[Any]:
    """Decode every frame. FileError with both reasons if this fails as well.

    cause : why pydicom could not
    """
    syntax = get(ds.file_meta, "TransferSyntaxUID", UID("")) if hasattr(ds, "file_meta") else UID("")
    decode = _decoder(ds, str(syntax))
    if decode is None or "PixelData" not in ds:
        name = syntax.name or "an unknown transfer syntax"
        remedy = "The file is cut short or damaged; export it again." if name.endswith("Endian") else "Export it uncompressed."
        raise FileError(f"{path}: expected pixels, got {name} that cannot be decoded: {brief(cause)}. {remedy}") from cause
    try:
        with quiet():
            whole = np.stack([decode(part) for part in generate_frames(ds.PixelData, number_of_frames=frames)])
    except Exception as error:  # codecs raise many kinds; each means the stream is damaged
        raise FileError(
            f"{path}: expected {syntax.name} pixels, got a stream that cannot be decoded: {brief(error)} ({brief(cause)}). "
            "The file is damaged; export it again, uncompressed."
        ) from error
    return _signed(whole, ds)


def _decoder(ds: pydicom.Dataset, syntax: str) -> Callable[[bytes], NDArray[Any]] | None:
    """The function that turns one frame's bytes into samples; None if there is none."""
    one_bit = int(number(ds, "BitsAllocated", 8)) == 1
    if syntax == _DEFLATED_FRAMES:
        return lambda part: _plain_samples(zlib.decompress(part, _RAW_DEFLATE), ds)
    if syntax == _RLE and one_bit:
        return lambda part: _plain_samples(_unpack_rle(part), ds)
    codec = _IMAGE_CODECS.get(syntax)
    return None if codec is None else lambda part: np.asarray(codec(part))


def _plain_samples(data: bytes, ds: pydicom.Dataset) -> NDArray[Any]:
    """One frame of uncompressed bytes as (rows, columns[, 3])."""
    shape = (int(ds.Rows), int(ds.Columns)) + ((3,) if int(number(ds, "SamplesPerPixel", 1)) == 3 else ())
    count = int(np.prod(shape))
    if int(ds.BitsAllocated) == 1:
        return np.unpackbits(np.frombuffer(data, np.uint8), count=count, bitorder="little").reshape(shape)
    return np.frombuffer(data, f"<u{int(ds.BitsAllocated) // 8}", count).reshape(shape)


def _unpack_rle(part: bytes) -> bytes:
    """The single segment of a one-bit RLE frame."""
    start = int.from_bytes(part[4:8], "little")
    if int.from_bytes(part[:4], "little") != 1 or start != _RLE_HEADER:
        raise ValueError("expected one RLE segment a frame")
    return bytes(imagecodecs.packbits_decode(part[start:]))


def _signed(whole: NDArray[Any], ds: pydicom.Dataset) -> NDArray[Any]:
    """Samples in the type the file states; codecs return signed bits as unsigned."""
    bits, allocated = int(number(ds, "BitsStored", 16)), int(number(ds, "BitsAllocated", 16))
    size = max(1, allocated // 8)
    if not int(number(ds, "PixelRepresentation", 0)):
        return np.asarray(whole, f"u{size}")
    wide = whole.astype(np.int64)
    if whole.dtype.kind == "u":
        wide = np.where(wide >= 2 ** (bits - 1), wide - 2**bits, wide)
    return np.asarray(wide, f"i{size}")
