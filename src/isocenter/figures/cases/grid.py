"""A grid of cases to look through: pictures, or the beginning of their texts.

In:   a title, and an image or a text, for each case. Out: one figure.
Not:  no choice of cases (audits/label_noise.py).
"""

import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.figures.cases.picture import picture_of, show
from isocenter.figures.slices import of_case
from isocenter.figures.style import FAINT, INK, sheet, styled

COLUMNS = 4
LETTERS = 30
"""Letters a line of text holds in one column."""


class Tile(Record):
    """One case."""

    title: str
    """At most three lines."""
    image: Image | None = None
    """Drawn at its middle slice; a text is shown where there is none."""
    text: str = ""


@styled
def draw_grid(tiles: Sequence[Tile], *, width_in: float = 7.2) -> Figure:
    """Return the tiles row by row, four in a row. At least one tile."""
    columns = min(COLUMNS, len(tiles))
    rows = -(-len(tiles) // columns)
    side = width_in / COLUMNS
    figure = sheet(columns * side + 0.1, rows * (side + 0.55))
    places = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, tile in zip(places, tiles, strict=False):
        if tile.image is not None:
            show(axes, picture_of(tile.image, of_case(tile.image, ())), scale=False, letters=False)
        else:
            _write(axes, tile.text)
        axes.set_title(tile.title, fontsize=6.5, pad=3, weight="normal", loc="left")
    for axes in places[len(tiles) :]:
        axes.set_axis_off()
    return figure


def _write(axes: Axes, text: str) -> None:
    """Put the beginning of a text where a picture would be."""
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(visible=True, color=FAINT)
    lines = textwrap.fill(text, LETTERS)
    axes.text(0.04, 0.95, lines, transform=axes.transAxes, va="top", ha="left", fontsize=6, color=INK, clip_on=True)
