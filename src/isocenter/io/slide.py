"""Whole slides: pyramidal TIFF, SVS, OME-TIFF and what else tiffslide reads, by tile.

In:   a path, how large the samples are that the study reads; only headers are read until a tile is asked for. A fragment states the
      size of the finest samples where the file does not: `slide.tif#0.25um`.
Out:  FileSlide (core.slide.Slide): tiles (C, X, Y), uint8, in `slide_um`; small, picklable.
Not:  writing (pyramid.py), regions drawn on a slide (geojson.py). A slide whose file tells no size of its samples is refused.
"""

import math
import threading
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from isocenter.core.errors import FileError, GeometryError, MissingExtra
from isocenter.core.grid import Grid
from isocenter.core.image import Image, held_image
from isocenter.core.record import Record
from isocenter.core.slide import WHITE, corner_grid, read_at
from isocenter.io.file_kind import file_kind, split_fragment

RGB = ("red", "green", "blue")
_SQUARE = 0.02
"""How unlike the two sides of a sample may be, as a share."""
_FINER = 1.05
"""How much finer than the file's samples a study may ask for before it is refused."""


class NoResolution(FileError):
    """A slide whose file does not tell how large its samples are."""


class FileSlide(Record):
    """A slide in a file. Pickled it is a path; each thread opens the file for itself."""

    path: Path
    grid: Grid
    um_per_px: float
    channels: tuple[str, ...]
    downsamples: tuple[float, ...]
    """Of each level of the pyramid, finest first."""

    def read(self, origin_um: tuple[float, float], shape_px: tuple[int, int], um_per_px: float) -> Image:
        """Return one tile (C, X, Y) from the coarsest level that is fine enough, averaged down; white beside the slide."""
        finest = self.grid.spacing[0]
        level = _level(self.downsamples, um_per_px / finest)
        step = finest * self.downsamples[level]  # um of one sample of the level
        start = [origin / step for origin in origin_um]
        wide = [count * um_per_px / step for count in shape_px]
        first = [math.floor(s + 1e-6) for s in start]
        count = [max(1, math.ceil(s + w - 1e-6) - f) for s, w, f in zip(start, wide, first, strict=True)]
        rows = self._rows(level, (first[0], first[1]), (count[0], count[1]))
        box = tuple(v for s, f in zip(start, first, strict=True) for v in [max(0.0, s - f)])
        tile = _scaled(rows, shape_px, (box[0], box[1], box[0] + wide[0], box[1] + wide[1]))
        grid = corner_grid(shape_px, um_per_px, origin_um=origin_um)
        return held_image(np.ascontiguousarray(tile.transpose(2, 1, 0)), grid, channels=self.channels)

    def _rows(self, level: int, first: tuple[int, int], count: tuple[int, int]) -> NDArray[np.uint8]:
        """Read samples of a level (Y, X, C), white beside it."""
        slide = _opened(self.path)
        width, height = slide.level_dimensions[level]
        x0, y0 = (min(max(f, 0), n) for f, n in zip(first, (width, height), strict=True))
        x1, y1 = (min(max(f + c, 0), n) for f, c, n in zip(first, count, (width, height), strict=True))
        found = np.full((count[1], count[0], len(self.channels)), WHITE, np.uint8)
        if x1 > x0 and y1 > y0:
            try:
                group = slide.zarr_group
                array = group[str(level)] if hasattr(group, "keys") and str(level) in group else group
                axes = slide.properties["tiffslide.series-axes"]
                if axes == "CYX":
                    piece = np.moveaxis(np.asarray(array[:, y0:y1, x0:x1]), 0, -1)
                else:
                    piece = np.asarray(array[y0:y1, x0:x1])
            except Exception as error:  # codecs raise many kinds; each means the tile cannot be read
                raise FileError(f"{self.path}: expected whole tiles, got: {error}. Copy or export the slide again.") from error
            piece = piece[..., None] if piece.ndim == 2 else piece
            found[y0 - first[1] : y1 - first[1], x0 - first[0] : x1 - first[0]] = piece[..., : len(self.channels)]
        return found


_HELD = threading.local()
_MOST = 4
"""Files a thread keeps open."""


def open_slide(path: Path, *, at: str = "") -> FileSlide:
    """Open a slide, headers only.

    at     : "20x" or "0.5 um", how large the samples are the study reads; "" = the finest
    return : FileError for a file that is none, NoResolution where the size of its samples is unknown, GeometryError where `at` is
             finer than the slide. MissingExtra without tiffslide.
    """
    path, fragment = split_fragment(Path(path))
    if file_kind(path) != "tiff":
        raise FileError(f"{path}: expected a slide (pyramidal TIFF, SVS, OME-TIFF), got another kind of file. Export it as one.")
    slide = _opened(path)
    try:
        width, height = slide.dimensions
        downsamples = tuple(_whole(float(d)) for d in slide.level_downsamples)
        said = [slide.properties.get(f"tiffslide.mpp-{axis}") for axis in "xy"]
        axes = slide.properties["tiffslide.series-axes"]
        array = slide.zarr_group
        array = array["0"] if hasattr(array, "keys") else array
        shape, kind = tuple(array.shape), np.dtype(array.dtype)
    except Exception as error:  # tiffslide raises many kinds; each means the pyramid cannot be read
        raise FileError(f"{path}: expected a pyramid of tiles, got: {error}. Export the slide again.") from error
    count = {"YXS": shape[-1], "CYX": shape[0]}.get(axes, 1)
    if kind != np.uint8 or count not in (1, 3, 4):
        raise FileError(f"{path}: expected a slide of 8 bits in color or gray, got {kind} with {count} channels. Export it so.")
    finest = read_at(fragment) if fragment is not None else _finest(path, said)
    wanted = read_at(at) if at else finest
    if wanted * _FINER < finest:
        raise GeometryError(
            f"{path}: expected a slide scanned at {at} or finer, got samples of {finest:.3g} um ({10 / finest:.3g}x). "
            f"Read it coarser, at: {10 / finest:.3g}x, or leave it out."
        )
    return FileSlide(
        path=path.resolve(),
        grid=corner_grid((int(width), int(height)), finest),
        um_per_px=wanted,
        channels=RGB if count >= 3 else ("intensity",),
        downsamples=downsamples,
    )


def _finest(path: Path, said: list[Any]) -> float:
    """Return um per sample as the file says it. NoResolution where it says none, or nonsense."""
    try:
        x, y = (float(v) for v in said)
    except (TypeError, ValueError):
        x = y = math.nan
    if not (
        0.02 <= x <= 20 and 0.02 <= y <= 20
    ):  # from an electron microscope's to a macro photograph's: dots per inch are no scan
        what = "none" if math.isnan(x) else f"{x:.4g} × {y:.4g} um"
        raise NoResolution(
            f"{path}: expected a slide that tells how large its samples are, got {what}. Ask the scanner's vendor or the lab, and "
            f"write it behind the name in the table: {path.name}#0.25um (40x), {path.name}#0.5um (20x)."
        )
    if abs(x - y) > _SQUARE * x:
        raise FileError(f"{path}: expected square samples, got {x:.4g} × {y:.4g} um. Export the slide with square ones.")
    return (x + y) / 2


def _whole(downsample: float) -> float:
    """Return the whole number a level was made with: 7.99 where the last of an odd number of samples stands for itself."""
    nearest = round(downsample)
    return float(nearest) if abs(downsample - nearest) < 0.02 * downsample else downsample


def _level(downsamples: tuple[float, ...], wanted: float) -> int:
    """Return the coarsest level that is not coarser than wanted (within 1 %); the finest where all are."""
    fine = [n for n, d in enumerate(downsamples) if d <= wanted * 1.01]
    return max(fine, key=lambda n: downsamples[n], default=0)


def _scaled(rows: NDArray[np.uint8], shape: tuple[int, int], box: tuple[float, float, float, float]) -> NDArray[np.uint8]:
    """Return (Y, X, C) of `shape` (X, Y) from the part `box` of rows (Y, X, C): every sample it covers counts."""
    height, width = rows.shape[:2]
    if (width, height) == shape and max(abs(box[0]), abs(box[1]), abs(box[2] - width), abs(box[3] - height)) < 0.02:
        return rows
    box = (box[0], box[1], min(box[2], width), min(box[3], height))
    how = PIL.Image.Resampling.BOX if shape[0] <= box[2] - box[0] else PIL.Image.Resampling.BILINEAR
    picture = PIL.Image.fromarray(rows[..., 0] if rows.shape[2] == 1 else rows).resize(shape, how, box=box)
    return np.asarray(picture).reshape(shape[1], shape[0], rows.shape[2])


def _opened(path: Path) -> Any:
    """Return the file, opened once a thread. MissingExtra, FileError."""
    try:
        from tiffslide import TiffSlide
    except ImportError:
        raise MissingExtra("tiffslide", "slides") from None
    held: dict[Path, Any] = _HELD.__dict__.setdefault("slides", {})
    if path not in held:
        try:
            slide = TiffSlide(path)
            slide.properties  # noqa: B018  a file that is no slide is known now
        except Exception as error:  # tiffslide and tifffile raise many kinds; each means this is no slide
            raise FileError(f"{path}: expected a slide (pyramidal TIFF, SVS, OME-TIFF), got: {error}. Export it again.") from error
        while len(held) >= _MOST:
            held.pop(next(iter(held))).close()
        held[path] = slide
    return held[path]
