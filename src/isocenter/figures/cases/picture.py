"""One slice of an image on a pair of axes: right aspect, patient letters, scale bar.

In:   axes, an image (or none), a view. Out: the axes, drawn on.
Not:  no outlines (outlines.py), no choice of slice (slices.py).
"""

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.figures.orient import Picture, View, first_time, upright
from isocenter.figures.windows import color, gray, is_color, window_of

_EDGE = [withStroke(linewidth=2.2, foreground="black", alpha=0.75)]


def picture_of(image: Image, view: View, *, channel: int = 0, window: tuple[float, float] | None = None) -> Picture:
    """Return the display values of one slice: (rows, columns) gray or (rows, columns, 3) color, all in [0, 1].

    window : the range shown of a gray image; None = its own
    """
    samples = first_time(image.array(), image.grid)
    if is_color(image):
        shown = color(samples)
    else:
        shown = gray(samples[channel], window or window_of(image, samples[channel]))
    return upright(shown, image.grid, view)


def show(axes: Axes, picture: Picture, *, title: str = "", letters: bool = True, scale: bool = True) -> None:
    """Draw a picture in its true proportions, with the letters of the patient's sides and a scale bar where there are any."""
    kwargs = {"cmap": "gray", "vmin": 0.0, "vmax": 1.0} if picture.samples.ndim == 2 else {}
    axes.imshow(picture.samples, aspect=picture.aspect, interpolation="nearest", **kwargs)  # type: ignore[arg-type]
    axes.set_axis_off()
    if title:
        axes.set_title(title, fontsize=9, pad=4)
    if letters:
        _letters(axes, picture.letters)
    if scale and picture.unit == "mm":
        _scale_bar(axes, picture)


def blank(grid: Grid, view: View) -> Picture:
    """Return a black picture, for a case whose input is no image."""
    empty: NDArray[np.float32] = np.zeros(grid.shape, np.float32)
    return upright(empty, grid, view)


def panel_size(picture: Picture, *, width_in: float, most_in: float) -> tuple[float, float]:
    """Return the width and height of a panel that holds a picture: as wide as asked unless that makes it taller than `most_in`."""
    rows, columns = picture.samples.shape[:2]
    tall = rows * picture.row_step / (columns * picture.column_step)
    height = width_in * tall
    return (width_in, height) if height <= most_in else (max(most_in / tall, 0.9), most_in)


def _letters(axes: Axes, letters: tuple[str, str, str, str]) -> None:
    places = (
        (0.02, 0.5, "left", "center"),
        (0.98, 0.5, "right", "center"),
        (0.5, 0.98, "center", "top"),
        (0.5, 0.02, "center", "bottom"),
    )
    for letter, (x, y, across, up) in zip(letters[:3], places[:3], strict=True):  # the bottom is where the scale bar may be
        axes.text(
            x, y, letter, transform=axes.transAxes, ha=across, va=up, color="white", fontsize=8, weight="bold", path_effects=_EDGE
        )


def _scale_bar(axes: Axes, picture: Picture) -> None:
    """A bar of a round length, about a quarter of what is visible."""
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    visible = abs(right - left) * picture.column_step
    power = 10.0 ** math.floor(math.log10(visible / 4))
    length = max(step * power for step in (1, 2, 5) if step * power <= visible / 4)
    width = length / picture.column_step
    x = left + 0.05 * (right - left)
    y = bottom + 0.06 * (top - bottom)
    axes.plot([x, x + width], [y, y], color="white", linewidth=2, solid_capstyle="butt", path_effects=_EDGE)
    axes.text(x, y + 0.02 * (top - bottom), f"{length:g} mm", color="white", fontsize=7, va="bottom", ha="left", path_effects=_EDGE)
