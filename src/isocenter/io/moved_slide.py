"""A slide seen on another slide's glass: read by tile, each looked up where a map says it lies.

In:   a slide, the grid of the other one, a map from places on that (um) to places on this.
Out:  MovedSlide, which is a Slide: tiles, overviews and pyramids of it are made as of any.
Not:  no fit of the map, no file (pyramid_stream.py).
"""

import math
from collections.abc import Callable

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from isocenter.core.grid import Grid
from isocenter.core.image import Image, held_image
from isocenter.core.record import Record
from isocenter.core.slide import WHITE, Slide, corner_grid, size_um

_MESH_UM = 32.0
"""Within a patch of this side the map is taken for bilinear; its displacements bend over hundreds of micrometers."""
_MESH_PX = (4, 64)


class MovedSlide(Record):
    """A slide on the glass of another."""

    slide: Slide
    grid: Grid
    """Of the other slide's finest samples."""
    um_per_px: float
    place: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    """(N, 2) um on the other slide -> (N, 2) um on this one."""

    def read(self, origin_um: tuple[float, float], shape_px: tuple[int, int], um_per_px: float) -> Image:
        """Return one tile (C, X, Y) on the other slide's glass, between samples bilinearly; white where this one does not reach."""
        patch = int(np.clip(_MESH_UM / um_per_px, *_MESH_PX))
        lines = [np.append(np.arange(0, n, patch), n) for n in shape_px]
        knots = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1)  # (A, B, 2), px from the tile's corner
        moved = self.place(np.asarray(origin_um) + um_per_px * knots.reshape(-1, 2)).reshape(knots.shape)
        grid = corner_grid(shape_px, um_per_px, origin_um=origin_um)
        low, high = moved.min(axis=(0, 1)), moved.max(axis=(0, 1))
        end = np.asarray(size_um(self.slide)) + 2 * um_per_px
        low, high = np.maximum(low, -2 * um_per_px), np.minimum(high, end)  # farther out all is white
        if (low >= high).any():
            return held_image(np.full((3, *shape_px), WHITE, np.uint8), grid, channels=("red", "green", "blue"))
        first = [math.floor(v / um_per_px) - 2 for v in low]  # whole samples, so that none is read between two
        wide, tall = (math.ceil(h / um_per_px) + 3 - f for f, h in zip(first, high, strict=True))
        corner = (first[0] * um_per_px, first[1] * um_per_px)
        piece = self.slide.read(corner, (wide, tall), um_per_px)
        rows = np.ascontiguousarray(piece.array().transpose(2, 1, 0))  # (Y, X, C)
        picture = PIL.Image.fromarray(rows if rows.shape[2] == 3 else np.repeat(rows, 3, axis=2))
        at = (moved - np.asarray(corner)) / um_per_px  # px from the piece's corner
        mesh = [
            ((int(lines[0][i]), int(lines[1][j]), int(lines[0][i + 1]), int(lines[1][j + 1])), _corners(at, i, j))
            for i in range(len(lines[0]) - 1)
            for j in range(len(lines[1]) - 1)
        ]
        white = (WHITE, WHITE, WHITE)
        tile = picture.transform(shape_px, PIL.Image.Transform.MESH, mesh, PIL.Image.Resampling.BILINEAR, fillcolor=white)
        return held_image(np.asarray(tile).transpose(2, 1, 0), grid, channels=("red", "green", "blue"))


def _corners(at: NDArray[np.float64], i: int, j: int) -> tuple[float, ...]:
    """Return a patch's corners as Pillow takes them: upper left, lower left, lower right, upper right."""
    return tuple(float(v) for corner in (at[i, j], at[i, j + 1], at[i + 1, j + 1], at[i + 1, j]) for v in corner)
