"""A sheet of real images beside a sheet of generated ones: what a reader would be asked to tell apart.

In:   images of two kinds. Out: one figure, which says which is which.
Not:  no choice of images.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from isocenter.core.image import SYNTHETIC, Image
from isocenter.figures.style import sheet, styled

COLUMNS = 6
GAP = 1


@styled
def draw_sheets(real: Sequence[Image], made: Sequence[Image], *, width_in: float = 7.2) -> Figure:
    """Return both sheets on one intensity scale; images are pictures (C, X, Y), at least one of each kind."""
    arrays = [np.asarray(image.array(), float) for image in (*real, *made)]
    low, high = np.percentile(np.concatenate([a.reshape(-1) for a in arrays]), [0.5, 99.5])
    figure = sheet(width_in, width_in / 2 + 0.25)
    for axes, images, title in zip(figure.subplots(1, 2), (real, made), ("Real", f"Generated: {SYNTHETIC}"), strict=True):
        axes.imshow(_mosaic([_shown(image, low, max(high, low + 1e-9)) for image in images]), interpolation="nearest")
        axes.set_title(title, fontsize=7, loc="left", pad=3, weight="normal")
        axes.set_axis_off()
    return figure


def _shown(image: Image, low: float, high: float) -> NDArray[np.floating]:
    """Return (Y, X, 3) in [0, 1]."""
    scaled = np.clip((np.asarray(image.array(), float) - low) / (high - low), 0.0, 1.0)
    colors = scaled if len(scaled) == 3 else np.repeat(scaled.mean(axis=0, keepdims=True), 3, axis=0)
    return np.asarray(colors.transpose(2, 1, 0))


def _mosaic(tiles: Sequence[NDArray[np.floating]]) -> NDArray[np.floating]:
    high, wide = max(t.shape[0] for t in tiles), max(t.shape[1] for t in tiles)
    rows = -(-len(tiles) // COLUMNS)
    whole = np.ones((rows * (high + GAP) - GAP, COLUMNS * (wide + GAP) - GAP, 3))
    for i, tile in enumerate(tiles):
        top, left = (i // COLUMNS) * (high + GAP), (i % COLUMNS) * (wide + GAP)
        whole[top : top + tile.shape[0], left : left + tile.shape[1]] = tile
    return whole
