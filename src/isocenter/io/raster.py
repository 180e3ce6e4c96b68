"""PNG, JPEG, GIF and BMP.

In:   a picture; only its header is read until the image is loaded.
Out:  Image (C, X, Y) in `px`: X is the column, x runs right, y runs down. Grey gives one channel, color three.
Rule: 8 and 16 bit as stored; 1-bit pictures are 0 and 1; a palette is applied (for a mask its indices are kept, see `indices`);
      alpha is dropped; EXIF rotation is applied, as a viewer shows it; dots per inch are no pixel size and are ignored.
Not:  TIFF (tiff.py); a moving GIF is refused.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import PIL.Image
import PIL.ImageOps
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.core.grid import plain_grid
from isocenter.core.image import SYNTHETIC, Image
from isocenter.io.damage import names_damage

GRAY = ("intensity",)
RGB = ("red", "green", "blue")
_GRAY_MODES = {"1", "L", "LA", "La", "I", "F", "I;16", "I;16B", "I;16L"}
_EXIF_ORIENTATION = 0x0112
_TURNED = (5, 6, 7, 8)  # EXIF orientations that exchange width and height
_COLORS = (0, 0, 0, 230, 85, 13, 49, 130, 189, 49, 163, 84, 117, 107, 177, 255, 217, 47, 231, 41, 138, 102, 194, 165)


@names_damage
def open_raster(path: Path, *, indices: bool = False) -> Image:
    """Open a picture, header only. FileError if it is damaged or moves.

    indices : read a colored palette as its indices (one channel): what a mask means by it
    """
    with _opened(path) as picture:
        frames = int(getattr(picture, "n_frames", 1))
        if frames > 1 and picture.format != "MPO":
            raise FileError(
                f"{path}: expected one picture, got {frames} frames. Export the frame you mean, or write a NIfTI stack."
            )
        width, height = picture.size
        if picture.format == "JPEG" and picture.getexif().get(_EXIF_ORIENTATION) in _TURNED:
            width, height = height, width
        gray = picture.mode in _GRAY_MODES or (picture.mode == "P" and (indices or _is_gray(picture)))
        # Of other programs' descriptions none is kept: they may name a patient.
        note = SYNTHETIC if picture.info.get("Description") == SYNTHETIC else ""
    return Image(
        grid=plain_grid((width, height)),
        unit="1",
        channels=GRAY if gray else RGB,
        load=partial(load_raster, path, indices=indices),
        note=note,
    )


@names_damage
def load_raster(path: Path, *, indices: bool = False) -> NDArray[Any]:
    """Read the samples (C, X, Y): uint8, uint16, int32 or float32 as stored."""
    with _opened(path) as picture:
        if picture.format == "PNG" and _is_deep_color(path):
            rows = np.asarray(imagecodecs.png_decode(path.read_bytes()))  # (Y, X, channels); Pillow would cut this to 8 bit
        else:
            rows = _rows(picture, indices)
    if rows.ndim == 3:
        return np.ascontiguousarray(np.moveaxis(rows[..., :3] if rows.shape[2] > 2 else rows[..., :1], -1, 0).swapaxes(1, 2))
    return np.ascontiguousarray(rows.T[None])


def write_png(samples: NDArray[Any], path: Path, *, note: str = "") -> None:
    """Write (C, X, Y), uint8 or uint16, one or three channels, as PNG. FileError for anything else.

    note : kept as the picture's description; "" = none
    """
    if samples.dtype == np.bool_:
        samples = samples.astype(np.uint8)
    if samples.ndim != 3 or samples.shape[0] not in (1, 3) or samples.dtype not in (np.dtype(np.uint8), np.dtype(np.uint16)):
        raise FileError(
            f"{path}: expected 8- or 16-bit samples with 1 or 3 channels for a PNG, got {samples.dtype} of shape {samples.shape}. "
            "Write .tif, .mha or .nii.gz instead."
        )
    rows = np.ascontiguousarray(samples.transpose(2, 1, 0))  # (Y, X, C)
    png = bytes(imagecodecs.png_encode(rows[..., 0] if rows.shape[2] == 1 else rows))
    path.write_bytes(_described(png, note))


def _described(png: bytes, note: str) -> bytes:
    """Return a PNG with a description behind its header (PNG specification, 11.3.4.3)."""
    if not note:
        return png
    chunk = b"tEXt" + b"Description\0" + note.encode("latin-1", "replace")
    header = 8 + 25  # signature and IHDR
    return png[:header] + struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[header:]


def write_index_png(labels: NDArray[np.uint8], path: Path) -> None:
    """Write class indices (X, Y) as a PNG with a palette: values are the indices, viewers show colors."""
    indexed = PIL.Image.fromarray(np.ascontiguousarray(labels.T.astype(np.uint8)))
    indexed.putpalette(mask_palette())  # mode L becomes P, the values stay
    indexed.save(path, format="PNG", optimize=False)


def mask_palette() -> list[int]:
    """Return 256 colors (R, G, B, R, …): background black, no class gray."""
    wheel = np.random.default_rng(4).integers(30, 256, (256, 3))
    wheel[:, 0] = np.where((wheel.max(axis=1) - wheel.min(axis=1)) < 40, 255 - wheel[:, 1], wheel[:, 0])
    first = np.array(_COLORS).reshape(-1, 3)
    wheel[: len(first)] = first
    return [int(v) for v in wheel.ravel()]


@contextmanager
def _opened(path: Path) -> Iterator[PIL.Image.Image]:
    """Open a picture; whatever goes wrong inside is a FileError with its cause."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            with PIL.Image.open(path) as picture:
                yield picture
    except FileError:
        raise
    except PIL.Image.DecompressionBombError as error:
        raise FileError(
            f"{path}: expected a picture that fits in memory, got over {2 * (PIL.Image.MAX_IMAGE_PIXELS or 0):,} pixels. "
            "Cut it into tiles, or save it as a pyramidal TIFF and say at: 20x in the study."
        ) from error
    except Exception as error:  # Pillow and the codecs raise many kinds; each means the file is damaged
        raise FileError(f"{path}: expected a whole picture, got: {error}. Copy or export it again.") from error


def _rows(picture: PIL.Image.Image, indices: bool) -> NDArray[Any]:
    """Samples as the file orders them, (Y, X) or (Y, X, channels)."""
    if picture.format == "JPEG":
        picture = PIL.ImageOps.exif_transpose(picture)
    if picture.mode == "1":
        return np.asarray(picture).astype(np.uint8)
    if picture.mode == "P":
        if _is_gray(picture):
            return np.asarray(picture.convert("RGB"))[..., 0]
        return np.asarray(picture if indices else picture.convert("RGB"))
    if picture.mode == "I":  # 16-bit PNG in old Pillow
        rows = np.asarray(picture)
        return rows.astype(np.uint16) if rows.size and rows.min() >= 0 and rows.max() < 2**16 else rows
    if picture.mode in _GRAY_MODES:
        rows = np.asarray(picture)
        return rows if rows.dtype.isnative else rows.astype(rows.dtype.newbyteorder("="))
    return np.asarray(picture.convert("RGB"))


def _is_gray(picture: PIL.Image.Image) -> bool:
    """Tell whether every color of a palette is gray."""
    colors = np.array(picture.getpalette("RGB") or [], np.int64).reshape(-1, 3)
    return bool((colors == colors[:, :1]).all())


def _is_deep_color(path: Path) -> bool:
    """Tell whether a PNG has 16 bits and more than one channel."""
    with path.open("rb") as file:
        header = file.read(26)
    return header[24] == 16 and header[25] in (2, 4, 6)
