"""Slide: a pyramid too large to load, read by tile and by resolution.

In:   micrometers: where a tile begins, how large its samples are.
Out:  tiles, an overview, the grid that regions and heat maps of a slide are kept on.
Not:  no file (io/slide.py), no choice of tiles (learning/slides).

The world is `slide_um`: 0 is the upper left corner of the slide, so the first sample of size s lies at s / 2.
"""

from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import GeometryError
from isocenter.core.grid import Grid, as_affine
from isocenter.core.image import Image, held_image
from isocenter.core.record import Record

MAP_UM = 8.0
"""Regions, heat maps and overviews of a slide have samples of this size: a slide of 25 mm has 3125 a side."""
UM_AT_1X = 10.0
"""Size of a sample at magnification 1, by the usual convention: 20x = 0.5 um, 40x = 0.25 um."""
WHITE = 255
"""What lies beside a slide: glass."""


@runtime_checkable
class Slide(Protocol):
    """A pyramid read by tile and by resolution. LAZY."""

    @property
    def grid(self) -> Grid:
        """Return where the finest samples lie, in `slide_um`."""
        ...

    @property
    def um_per_px(self) -> float:
        """Return the size of the samples the study reads it at."""
        ...

    def read(self, origin_um: tuple[float, float], shape_px: tuple[int, int], um_per_px: float) -> Image:
        """Return one tile at a resolution: (C, X, Y), white where it leaves the slide.

        origin_um : the tile's upper left corner
        """
        ...


class HeldSlide(Record):
    """A slide whose finest samples lie in memory: phantoms and tests."""

    samples: NDArray[np.uint8]
    """(3, X, Y)."""
    finest_um: float
    um_per_px: float

    @property
    def grid(self) -> Grid:
        """Return where the finest samples lie."""
        return corner_grid(self.samples.shape[1:], self.finest_um)

    def read(self, origin_um: tuple[float, float], shape_px: tuple[int, int], um_per_px: float) -> Image:
        """Return one tile: means of the samples it covers, or the nearest ones where it is finer."""
        lines = []
        for axis, (origin, count) in enumerate(zip(origin_um, shape_px, strict=True)):
            edges = np.rint((origin + um_per_px * np.arange(count + 1)) / self.finest_um).astype(int)
            lines.append((edges, self.samples.shape[1 + axis]))
        tile = _averaged(self.samples, lines)
        return held_image(tile, corner_grid(shape_px, um_per_px, origin_um=origin_um), channels=("red", "green", "blue"))


def corner_grid(shape: tuple[int, ...], um_per_px: float, *, origin_um: tuple[float, float] = (0.0, 0.0)) -> Grid:
    """Return the grid (X, Y) of square samples whose first one has its corner at the origin."""
    x, y = (o + um_per_px / 2 for o in origin_um)
    return Grid(
        shape=tuple(int(n) for n in shape),
        affine=as_affine([[um_per_px, 0.0, x], [0.0, um_per_px, y], [0.0, 0.0, 1.0]]),
        world="slide_um",
    )


def size_um(slide: Slide) -> tuple[float, float]:
    """Return width and height of a slide in micrometers."""
    x, y = (n * s for n, s in zip(slide.grid.shape, slide.grid.spacing, strict=True))
    return x, y


def map_grid(slide: Slide) -> Grid:
    """Return the grid that regions, heat maps and overviews of a slide are kept on."""
    width, height = size_um(slide)
    return corner_grid((max(1, round(width / MAP_UM)), max(1, round(height / MAP_UM))), MAP_UM)


def overview(slide: Slide) -> Image:
    """Return the whole slide on its map's grid. LAZY."""
    grid = map_grid(slide)
    return Image(grid=grid, unit="1", channels=("red", "green", "blue"), load=_Overview(slide))


class _Overview:
    """The loader of an overview; picklable as its slide is."""

    def __init__(self, slide: Slide) -> None:
        self.slide = slide

    def __call__(self) -> NDArray[Any]:
        """Read the whole slide, coarse."""
        shape = map_grid(self.slide).shape
        return self.slide.read((0.0, 0.0), (shape[0], shape[1]), MAP_UM).array()


def read_at(text: str) -> float:
    """Return um per sample of "20x" or "0.5 um". GeometryError for anything else."""
    word = text.strip().lower().replace("µ", "u").replace("μ", "u")
    try:
        if word.endswith("x"):
            return UM_AT_1X / _above_zero(word[:-1])
        if word.endswith("um"):
            return _above_zero(word[:-2])
    except ValueError:
        pass
    raise GeometryError(f"expected a magnification or a size of samples, as 20x or 0.5 um, got {text!r}.")


def _above_zero(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError(text)
    return value


def _averaged(samples: NDArray[np.uint8], lines: list[tuple[NDArray[np.intp], int]]) -> NDArray[np.uint8]:
    """Return means over the blocks between edges (per axis); white outside."""
    (first, width), (second, height) = lines
    lo, hi = (first.min(), second.min()), (first.max() + 1, second.max() + 1)
    piece = samples[:, max(lo[0], 0) : min(hi[0], width), max(lo[1], 0) : min(hi[1], height)]
    padding = [(max(-lo[a], 0), max(hi[a] - n, 0)) for a, n in enumerate((width, height))]
    padding = [(min(p, hi[a] - lo[a]), q) for a, (p, q) in enumerate(padding)]
    if not piece.size:
        piece = np.full((len(samples), *(int(h - l) for l, h in zip(lo, hi, strict=True))), WHITE, np.uint8)
    else:
        piece = np.pad(piece, [(0, 0), *padding], constant_values=WHITE)
    block: NDArray[np.floating[Any]] = piece.astype(np.float32)
    for axis, edges in ((1, first - lo[0]), (2, second - lo[1])):
        steps = np.diff(edges)
        if (steps == 1).all():
            block = np.take(block, edges[:-1], axis=axis)
            continue
        sums = np.concatenate(
            [np.zeros_like(np.take(block, [0], axis=axis)), np.cumsum(block, axis=axis, dtype=np.float64)], axis=axis
        )
        wide = np.maximum(steps, 1)
        total = np.take(sums, edges[:-1] + wide, axis=axis) - np.take(sums, edges[:-1], axis=axis)
        block = total / wide.reshape([-1 if a == axis else 1 for a in range(3)])
    return np.asarray(np.rint(block), np.uint8)
