"""Pyramids out: a picture of a slide as tiled OME-TIFF with coarser levels, as QuPath and OpenSeadragon open them.

In:   samples (C, X, Y) and the size of one in micrometers.
Out:  one file; read back by open_slide (8-bit color) or tifffile (maps: float32, NaN = not told).
Not:  reading (slide.py); a picture that does not fit memory.
"""

import hashlib
import uuid
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.io.whole_file import write_whole

TILE = 256
_SMALLEST = 256
"""A level that fits this square is the last."""


def write_pyramid(
    samples: NDArray[Any], path: Path, *, um_per_px: float, channels: tuple[str, ...], quality: int | None = None
) -> Path:
    """Write (C, X, Y) as a pyramid; the same samples give the same bytes. Returns the path.

    samples : uint8 with three channels (color), or float32 with any number (maps, NaN = not told)
    quality : of JPEG, 1 to 100, for colors; None = without loss
    """
    color = samples.shape[0] == 3 and samples.dtype == np.uint8
    if samples.ndim != 3 or not (color or samples.dtype == np.float32):
        raise FileError(
            f"{path}: expected 8-bit color or float32 maps (C, X, Y) for a pyramid, got {samples.dtype} {samples.shape}."
        )
    write_whole(Path(path), partial(_write, samples, um_per_px, channels, quality, color))
    return Path(path)


def _write(
    samples: NDArray[Any], um_per_px: float, channels: tuple[str, ...], quality: int | None, color: bool, path: Path
) -> None:
    levels = [samples]
    while max(levels[-1].shape[1:]) > _SMALLEST:
        levels.append(_halved(levels[-1]))
    shared: dict[str, Any] = {"tile": (TILE, TILE), "photometric": "rgb" if color else "minisblack"}
    if quality is None:
        shared["compression"] = "zlib"
    else:
        shared |= {"compression": "jpeg", "compressionargs": {"level": quality}}
    about: dict[str, Any] = {
        "axes": "YXS" if color else "CYX",
        "PhysicalSizeX": um_per_px,
        "PhysicalSizeXUnit": "µm",
        "PhysicalSizeY": um_per_px,
        "PhysicalSizeYUnit": "µm",
        "UUID": str(uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(samples.tobytes()).hexdigest())),
    }
    if not color:
        about["Channel"] = {"Name": list(channels)}
    with tifffile.TiffWriter(path, bigtiff=samples.nbytes > 2**31, ome=True) as file:
        for number, level in enumerate(levels):
            rows = np.ascontiguousarray(level.transpose(2, 1, 0) if color else level.swapaxes(1, 2))
            per_cm = 1e4 / (um_per_px * 2**number)
            file.write(
                rows,
                subifds=len(levels) - 1 if number == 0 else None,
                subfiletype=0 if number == 0 else 1,
                resolution=(per_cm, per_cm),
                resolutionunit="CENTIMETER",
                metadata=about if number == 0 else None,
                software="isocenter" if number == 0 else None,
                datetime=False,
                **shared,
            )


def _halved(samples: NDArray[Any]) -> NDArray[Any]:
    """Return means of squares of four; NaN counts for nothing, a lone last row or column for itself."""
    padded = np.pad(samples, [(0, 0), *((0, n % 2) for n in samples.shape[1:])], mode="edge")
    c, x, y = padded.shape
    squares = padded.reshape(c, x // 2, 2, y // 2, 2)
    if samples.dtype == np.uint8:
        return np.asarray(np.rint(squares.mean(axis=(2, 4))), np.uint8)
    told = ~np.isnan(squares)
    count = told.sum(axis=(2, 4))
    total = np.where(told, squares, 0.0).sum(axis=(2, 4))
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan), np.float32)
