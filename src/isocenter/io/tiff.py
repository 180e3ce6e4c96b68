"""TIFF, also of several pages.

In:   a TIFF; only its tags are read until the image is loaded.
Out:  Image (C, X, Y), or (C, X, Y, Z) for pages of equal size, in `px`; a file of the same samples.
Rule: axes as the file names them (ImageJ, OME, tifffile), else pages are slices Z. A palette is applied (for a mask its indices are
      kept); white-is-zero is turned so that bright is large; alpha is dropped; resolution tags are no pixel size and are ignored.
Not:  pyramids of slides (a slide is read by tiles), pages of different size, time series without times.
"""

import json
import logging
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from isocenter.core.errors import FileError
from isocenter.core.grid import Grid, as_affine, plain_grid
from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.io.damage import names_damage
from isocenter.io.raster import GRAY, RGB

logging.getLogger("tifffile").addHandler(logging.NullHandler())  # damage is raised or read over, not printed

_LARGEST_PX = 2**28
_MARK = "isocenter"


class _Layout(Record):
    """How a TIFF's samples become (C, X, Y[, Z])."""

    axes: str
    """One letter an axis, of C X Y Z."""
    shape: tuple[int, ...]
    palette: bool
    inverted: bool
    channels: tuple[str, ...]
    said: dict[str, Any]


@names_damage
def open_tiff(path: Path, *, indices: bool = False) -> Image:
    """Open a TIFF, tags only. FileError if it is damaged, a slide, or has no reading as one image."""
    layout = _layout(path, indices)
    size = dict(zip(layout.axes, layout.shape, strict=True))
    space = (size["X"], size["Y"]) + ((size["Z"],) if "Z" in size else ())
    grid = plain_grid(space)
    unit, note = "1", ""
    if layout.said:
        unit, note = layout.said["unit"], layout.said.get("note", "")
        grid = Grid(shape=space, affine=as_affine(layout.said["affine"]), world=layout.said["world"])
    return Image(grid=grid, unit=unit, channels=layout.channels, load=partial(load_tiff, path, indices=indices), note=note)


@names_damage
def load_tiff(path: Path, *, indices: bool = False) -> NDArray[Any]:
    """Read the samples (C, X, Y[, Z]) as stored."""
    layout = _layout(path, indices)
    try:
        with tifffile.TiffFile(path) as file:
            samples = np.asarray(file.series[0].asarray()).reshape(layout.shape)
            colors = file.pages.first.colormap if layout.palette else None
    except Exception as error:  # codecs raise many kinds; each means the samples cannot be read
        raise FileError(f"{path}: expected a whole TIFF, got: {error}. Copy or export it again.") from error
    axes = layout.axes
    if not samples.dtype.isnative:
        samples = samples.astype(samples.dtype.newbyteorder("="))
    if samples.dtype == np.bool_:
        samples = samples.astype(np.uint8)
    if layout.inverted:
        samples = samples.max(initial=0) - samples if samples.dtype.kind == "f" else _turned(samples, path)
    if colors is not None:
        samples, axes = (np.asarray(colors) >> 8).astype(np.uint8)[:, samples], "C" + axes
    if "C" not in axes:
        samples, axes = samples[None], "C" + axes
    order = [axes.index(a) for a in "CXYZ" if a in axes]
    return np.ascontiguousarray(samples.transpose(order)[: len(layout.channels)])


def write_tiff(samples: NDArray[Any], grid: Grid, path: Path, *, unit: str, channels: tuple[str, ...], note: str = "") -> None:
    """Write (C, X, Y[, Z]) as a TIFF that reads back equal, grid included."""
    if samples.ndim not in (3, 4) or grid.times_s:
        raise FileError(
            f"{path}: expected an image without a time axis for a TIFF, got shape {samples.shape}. Write .nii.gz instead."
        )
    if samples.dtype == np.bool_:
        samples = samples.astype(np.uint8)
    said = {
        _MARK: {
            "unit": unit,
            "world": grid.world,
            "affine": [list(r) for r in grid.affine],
            "channels": list(channels),
            "note": note,
        }
    }
    if samples.ndim == 3 and samples.shape[0] == 3 and samples.dtype in (np.dtype(np.uint8), np.dtype(np.uint16)):
        rows, kind, axes = samples.transpose(2, 1, 0), "rgb", "YXS"
    elif samples.ndim == 3:
        rows, kind, axes = samples.swapaxes(1, 2), "minisblack", "CYX"
    else:
        rows, kind, axes = samples.transpose(0, 3, 2, 1), "minisblack", "CZYX"
    tifffile.imwrite(path, np.ascontiguousarray(rows), photometric=kind, compression="zlib", metadata={"axes": axes, **said})


def _layout(path: Path, indices: bool) -> _Layout:
    """Read the tags. FileError where they give no one image."""
    try:
        with tifffile.TiffFile(path) as file:
            series, page = file.series, file.pages.first
            axes, shape = series[0].axes, tuple(int(n) for n in series[0].shape)
            pyramid = len(series[0].levels) > 1 or len(series) > 1
            pixels = int(np.prod(shape, dtype=float))
            photometric = int(page.photometric)
            mapped = page.colormap is not None
            said = _said(file)
    except Exception as error:  # tifffile raises many kinds; each means the tags cannot be read
        raise FileError(f"{path}: expected a TIFF, got: {error}. Copy or export it again.") from error
    if pyramid or pixels > _LARGEST_PX:
        raise FileError(
            f"{path}: expected one picture or one stack, got a TIFF of several images, a slide, or {pixels:,} samples. "
            "Export the image you mean; a slide is read by tiles where the study says at: 20x."
        )
    axes = axes.replace("S", "C") if "C" not in axes else axes.replace("S", "Q")
    for page_axis in ("I", "Q", "R"):
        axes = axes.replace(page_axis, "Z") if "Z" not in axes else axes
    keep = [n for n, a in enumerate(axes) if not (shape[n] == 1 and a not in "XY")]
    axes, shape = "".join(axes[n] for n in keep), tuple(shape[n] for n in keep)
    if not set(axes) <= set("CXYZ") or len(set(axes)) != len(axes) or not {"X", "Y"} <= set(axes):
        raise FileError(f"{path}: expected a picture or a stack of slices, got axes {axes}. Write it as NIfTI, which states times.")
    count = shape[axes.index("C")] if "C" in axes else 1
    palette = mapped and photometric == tifffile.PHOTOMETRIC.PALETTE and not indices
    if said:
        channels = tuple(said["channels"])
    elif palette or (count in (3, 4) and photometric in (tifffile.PHOTOMETRIC.RGB, tifffile.PHOTOMETRIC.YCBCR)):
        channels = RGB
    else:  # grey, grey with alpha, or more
        alpha = count == 2 and bool(photometric in (tifffile.PHOTOMETRIC.MINISBLACK, tifffile.PHOTOMETRIC.MINISWHITE))
        channels = GRAY if count == 1 or (alpha and axes.endswith("C")) else tuple(str(c) for c in range(count))
    inverted = photometric == tifffile.PHOTOMETRIC.MINISWHITE
    return _Layout(axes=axes, shape=shape, palette=palette, inverted=inverted, channels=channels, said=said)


def _said(file: tifffile.TiffFile) -> dict[str, Any]:
    """What a file of ours says of its grid; {} for others."""
    for found in file.shaped_metadata or ():
        if _MARK in found:
            value = found[_MARK]
            return dict(json.loads(value) if isinstance(value, str) else value)
    return {}


def _turned(samples: NDArray[Any], path: Path) -> NDArray[Any]:
    """White-is-zero integers turned by the range of their bits."""
    with tifffile.TiffFile(path) as file:
        top = 2 ** int(file.pages.first.bitspersample) - 1
    return np.asarray(top - samples.astype(np.int64), samples.dtype)
