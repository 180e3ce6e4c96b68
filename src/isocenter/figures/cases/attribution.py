"""What an attribution says of some cases: the image, the map on it, and the number as places are covered and shown.

In:   images, maps on their grids, curves. Out: one figure, a row a case.
Not:  no map is made here (learning/attributions).
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from isocenter.core.image import Image
from isocenter.core.record import Record
from isocenter.figures.cases.picture import picture_of, show
from isocenter.figures.orient import View, upright
from isocenter.figures.slices import most_informative
from isocenter.figures.style import CLASSES, quiet, sheet, styled

FOR, AGAINST = CLASSES[1], CLASSES[0]
COVER = 0.75
"""Opacity where the map is strongest."""
STRONG = 99.0
"""Percentile from which a place counts when the slice to show is chosen."""


class ExplainedCase(Record):
    """One row."""

    title: str
    image: Image | None
    map: Image
    deletion: Sequence[float] = ()
    """The number while the strongest places are covered."""
    insertion: Sequence[float] = ()
    """The number while the strongest places are shown."""
    top: float = 0.0
    """What is drawn strongest, where several maps are to be compared; 0 = the map's own largest size."""


@styled
def draw_attribution(rows: Sequence[ExplainedCase], *, width_in: float = 7.2) -> Figure:
    """Return image, map and curves (where there are any) of each case; orange speaks for the number, blue against it.

    At least one row.
    """
    columns = 3 if any(len(row.deletion) for row in rows) else 2
    side = width_in / 3
    figure = sheet(side * columns, len(rows) * (side + 0.2))
    places = figure.subplots(len(rows), columns, squeeze=False)
    for (left, middle, *right), row in zip(places, rows, strict=True):
        view = _view(row.map)
        background = row.image if row.image is not None and row.image.grid.same_as(row.map.grid) else None
        for axes in (left, middle):
            if background is not None:
                show(axes, picture_of(background, view), scale=False, letters=False)
        overlay(middle, row.map, view, over=background is not None, top=row.top)
        left.set_axis_off()
        left.set_title(row.title, fontsize=6.5, pad=3, weight="normal", loc="left")
        for axes in right:
            _curves(axes, row)
    places[0][1].set_title("Map", fontsize=8)
    return figure


def overlay(axes: Axes, values: Image, view: View, *, over: bool, top: float = 0.0) -> None:
    """Draw one slice of a map (1, *S) in color, the more opaque the stronger."""
    picture = upright(values.array()[0], values.grid, view)
    samples = np.asarray(picture.samples, float)
    largest = top or float(np.abs(values.array()).max()) or 1.0
    strength = np.clip(np.abs(samples) / largest, 0, 1)
    painted = np.where((samples >= 0)[..., None], to_rgb(FOR), to_rgb(AGAINST))
    opacity = strength * (COVER if over else 1.0)
    axes.imshow(np.concatenate([painted, opacity[..., None]], axis=2), aspect=picture.aspect, interpolation="nearest")
    axes.set_axis_off()


def _view(values: Image) -> View:
    """Return the slice with most of the map's strongest places."""
    strength: NDArray[np.floating] = np.abs(values.array()[0])
    strong = (strength > 0) & (strength >= float(np.percentile(strength, STRONG)))
    return most_informative(values.grid, strong.astype(np.uint8))


def _curves(axes: Axes, row: ExplainedCase) -> None:
    if not len(row.deletion):
        axes.set_axis_off()
        return
    across = np.linspace(0, 100, len(row.deletion))
    for curve, name, color in ((row.insertion, "shown", FOR), (row.deletion, "covered", AGAINST)):
        axes.plot(across, curve, color=color, linewidth=1.4, label=name)
    axes.set_xlabel("% of places, strongest first", fontsize=6.5)
    axes.set_ylabel("the network's number", fontsize=6.5)
    axes.tick_params(labelsize=6)
    axes.legend(fontsize=6, loc="best")
    quiet(axes, grid="y")
