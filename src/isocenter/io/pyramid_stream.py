"""Pyramids of slides that do not fit memory: read and written tile by tile.

In:   a Slide, and how large the finest samples shall be.
Out:  one OME-TIFF, 8-bit color, JPEG tiles with coarser levels; read back by open_slide, QuPath, OpenSeadragon.
Not:  pictures in memory and maps (pyramid.py). Every level is read from the slide anew, at its own resolution.
"""

import math
import uuid
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from isocenter.core.slide import WHITE, Slide, size_um
from isocenter.io.whole_file import write_whole

TILE = 512
_SMALLEST = 256
"""A level that fits this square is the last."""
Place = tuple[int, int, int]
"""Level, column and row of a tile."""
Track = Callable[[Iterable[Place], int], Iterable[Place]]
"""(places, how many) -> the same places, shown as they pass."""


def write_slide(slide: Slide, path: Path, *, um_per_px: float, name: str, quality: int = 90, track: Track | None = None) -> Path:
    """Write a slide as a pyramid, a tile in memory at a time. Returns the path.

    um_per_px : of the finest level
    name      : what the file's UUID is made of, so that the same picture has the same bytes
    quality   : of JPEG, 1 to 100
    track     : shows how far it is
    """
    return write_whole(Path(path), partial(_write, slide, um_per_px, name, quality, track or (lambda places, _: places)))


def levels_of(slide: Slide, um_per_px: float) -> list[tuple[int, int]]:
    """Return width and height of every level, finest first."""
    width, height = (max(1, round(side / um_per_px)) for side in size_um(slide))
    levels = [(width, height)]
    while max(levels[-1]) > _SMALLEST:
        levels.append((math.ceil(levels[-1][0] / 2), math.ceil(levels[-1][1] / 2)))
    return levels


def _write(slide: Slide, um_per_px: float, name: str, quality: int, track: Track, path: Path) -> None:
    levels = levels_of(slide, um_per_px)
    places = [
        (number, i, j)
        for number, (width, height) in enumerate(levels)
        for j in range(math.ceil(height / TILE))
        for i in range(math.ceil(width / TILE))
    ]
    shown = iter(track(places, len(places)))
    about = {
        "axes": "YXS",
        "PhysicalSizeX": um_per_px,
        "PhysicalSizeXUnit": "µm",
        "PhysicalSizeY": um_per_px,
        "PhysicalSizeYUnit": "µm",
        "UUID": str(uuid.uuid5(uuid.NAMESPACE_OID, name)),
    }
    size = 4 * 3 * levels[0][0] * levels[0][1]
    with tifffile.TiffWriter(path, bigtiff=size > 2**31, ome=True) as file:
        for number, (width, height) in enumerate(levels):
            count = math.ceil(width / TILE) * math.ceil(height / TILE)
            per_cm = 1e4 / (um_per_px * 2**number)
            file.write(
                _tiles(slide, um_per_px * 2**number, (width, height), shown, count),
                shape=(height, width, 3),
                dtype=np.uint8,
                tile=(TILE, TILE),
                photometric="rgb",
                compression="jpeg",
                compressionargs={"level": quality},
                subifds=len(levels) - 1 if number == 0 else None,
                subfiletype=0 if number == 0 else 1,
                resolution=(per_cm, per_cm),
                resolutionunit="CENTIMETER",
                metadata=about if number == 0 else None,
                software="isocenter" if number == 0 else None,
                datetime=False,
                maxworkers=1,  # else tiles are read ahead of being written, and a slide of them waits in memory
            )
    next(shown, None)  # lets a bar end


def _tiles(
    slide: Slide, um_per_px: float, shape: tuple[int, int], shown: Iterator[Place], count: int
) -> Iterator[NDArray[np.uint8]]:
    """Yield the tiles of one level (Y, X, C), row by row; what lies beside the slide is white."""
    for _ in range(count):
        _, i, j = next(shown)
        wide, tall = (min(TILE, n - k * TILE) for n, k in zip(shape, (i, j), strict=True))
        part = slide.read((i * TILE * um_per_px, j * TILE * um_per_px), (wide, tall), um_per_px).array()
        tile = np.full((TILE, TILE, 3), WHITE, np.uint8)
        tile[:tall, :wide] = part.transpose(2, 1, 0)
        yield tile
