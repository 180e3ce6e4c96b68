"""The tile table of a slide: which squares show tissue, and which class covers each.

In:   a Slide, the side of a tile in micrometers; regions drawn on it.
Out:  Tiles (column, row and share of tissue of each); shares of classes; runs of tiles side by side, read at once.
Not:  no colors (stain.py), no choice of tiles to learn from (methods/_slides).

A slide is never held: it is looked over in strips, so memory does not grow with its height.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from isocenter.core.grid import Grid
from isocenter.core.mask import Mask
from isocenter.core.record import Record
from isocenter.core.slide import MAP_UM, Slide, corner_grid, size_um
from isocenter.imaging.tissue import tissue_mask, white_of

LOOKED_OVER = 9e6
"""Samples of the coarse picture tissue is found in; a larger slide is looked over coarser."""
STRIP = 64
"""Samples of the coarse picture read at once, downwards."""
RUN = 16
"""Tiles side by side that are read at once."""


class Tiles(Record):
    """The tiles of a slide that show tissue, row by row."""

    shape: tuple[int, int]
    """Tiles across and down, glass included."""
    side_um: float
    columns: NDArray[np.intp]
    rows: NDArray[np.intp]
    tissue: NDArray[np.float32]
    """Share of each tile that is tissue."""
    white: tuple[float, float, float]
    """How bright the slide's glass is."""

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.rows)

    @property
    def grid(self) -> Grid:
        """Return the grid of a map with one sample a tile."""
        return corner_grid(self.shape, self.side_um)

    def map(self, values: NDArray[np.floating], *, fill: float = float("nan")) -> NDArray[np.float32]:
        """Return values (N,) or (C, N) of the tiles as a map (X, Y) or (C, X, Y), `fill` on glass."""
        made = np.full((*values.shape[:-1], *self.shape), fill, np.float32)
        made[..., self.columns, self.rows] = values
        return made


def find_tiles(slide: Slide, side_um: float, *, least_tissue: float) -> Tiles:
    """Return the tiles of which at least a share is tissue; none on an empty slide."""
    width, height = size_um(slide)
    shape = (max(1, int(np.ceil(width / side_um - 1e-6))), max(1, int(np.ceil(height / side_um - 1e-6))))
    fine = max(1, round(side_um / MAP_UM))  # samples of the coarse picture a tile has a side
    fine = max(1, min(fine, int((LOOKED_OVER / (shape[0] * shape[1])) ** 0.5)))
    picture = _looked_over(slide, (shape[0] * fine, shape[1] * fine), side_um / fine)
    white = white_of(picture)
    tissue = tissue_mask(picture)
    share = tissue.reshape(shape[0], fine, shape[1], fine).mean(axis=(1, 3), dtype=np.float32)
    rows, columns = np.nonzero(max(least_tissue, 1e-6) <= share.T)
    return Tiles(
        shape=shape,
        side_um=side_um,
        columns=columns,
        rows=rows,
        tissue=share[columns, rows],
        white=(float(white[0]), float(white[1]), float(white[2])),
    )


def shares_of(mask: Mask, tiles: Tiles, *, where: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
    """Return the share of each class in each tile, (K, N); NaN for a tile of which less than half was assessed.

    where : (*S) of the mask, what was assessed; None = everything
    """
    labels = np.asarray(mask.labels.array()[0], np.intp)
    grid, count = mask.grid, len(mask.names)
    across, down = (_tile_of(grid, axis, tiles.side_um) for axis in (0, 1))
    column = np.clip(across, 0, tiles.shape[0] - 1)
    row = np.clip(down, 0, tiles.shape[1] - 1)
    place = column[:, None] * tiles.shape[1] + row[None]  # (X, Y): number of the tile
    tile_count = tiles.shape[0] * tiles.shape[1]
    known = np.ones(labels.shape, bool) if where is None else where
    every = np.bincount(place.reshape(-1), minlength=tile_count)
    found = np.stack([np.bincount(place[known & (labels == k)], minlength=tile_count) for k in range(count)])
    told = found.sum(axis=0)
    share = np.where(2 * told >= np.maximum(every, 1), found / np.maximum(told, 1), np.nan)
    return np.asarray(share[:, tiles.columns * tiles.shape[1] + tiles.rows], np.float32)


def runs_of(tiles: Tiles, row: int) -> Iterator[NDArray[np.intp]]:
    """Yield the indices of tiles of a row that lie side by side, at most RUN of them."""
    here = np.flatnonzero(tiles.rows == row)
    for run in np.split(here, np.flatnonzero(np.diff(tiles.columns[here]) > 1) + 1):
        yield from (run[first : first + RUN] for first in range(0, len(run), RUN) if len(run))


def read_run(slide: Slide, tiles: Tiles, run: NDArray[np.intp], side_px: int) -> NDArray[np.uint8]:
    """Return tiles side by side, (N, 3, P, P), in one reading. Gray slides become three equal channels."""
    um = tiles.side_um / side_px
    origin = (float(tiles.columns[run[0]]) * tiles.side_um, float(tiles.rows[run[0]]) * tiles.side_um)
    strip = slide.read(origin, (side_px * len(run), side_px), um).array()
    strip = np.repeat(strip, 3, axis=0) if len(strip) == 1 else strip[:3]
    cut = strip.reshape(3, len(run), side_px, side_px)
    return np.ascontiguousarray(cut.transpose(1, 0, 2, 3))


def _tile_of(grid: Grid, axis: int, side_um: float) -> NDArray[np.intp]:
    """Return which tile along an axis each sample of a map's line lies in."""
    index = np.zeros((grid.shape[axis], 2))
    index[:, axis] = np.arange(grid.shape[axis])
    return np.asarray(np.floor(grid.to_world(index)[:, axis] / side_um), np.intp)


def _looked_over(slide: Slide, shape: tuple[int, int], um: float) -> NDArray[np.uint8]:
    """Return the slide as a coarse picture (3, X, Y), read in strips."""
    picture = np.empty((3, *shape), np.uint8)
    for first in range(0, shape[1], STRIP):
        count = min(STRIP, shape[1] - first)
        strip = slide.read((0.0, first * um), (shape[0], count), um).array()
        picture[:, :, first : first + count] = strip[:3] if len(strip) >= 3 else strip[:1]
    return picture
