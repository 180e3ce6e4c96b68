"""One case with points: the image, and beside it where objects are and where they were found.

In:   an image, the true points and those found, in its world.
Out:  a figure of two panels; of a volume, the slice with the most points, with those of the two slices around it.
Not:  no boxes, no matching: whether a cross lies in a ring is for the eye.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.points import Points
from isocenter.figures.cases.picture import panel_size, picture_of, show
from isocenter.figures.orient import View, across, planes, upright, where
from isocenter.figures.style import MODEL, MUTED, TRUTH, sheet, styled

SURE = 0.5
"""A found point is drawn from this score on, as it counts from there on."""
AROUND = 2
"""Slices before and behind whose points are drawn too."""


@styled
def draw_points(image: Image, truth: Points, found: Mapping[str, Points], *, width_in: float = 3.4) -> Figure:
    """Return the image beside itself with true points as rings and found ones as crosses.

    found : by who ("model"); points of a score below SURE are left out
    """

    def mark(axes: Axes, who: str, points: Points, view: View) -> Line2D:
        rows, columns = _on_paper(points.world, image.grid, view)
        style: dict[str, Any] = _ring(len(rows)) if who == "truth" else {"marker": "+", "markeredgecolor": MODEL, "markersize": 5.0}
        axes.plot(columns, rows, linestyle="none", markerfacecolor="none", markeredgewidth=1.0, **style)
        return Line2D([], [], linestyle="none", markerfacecolor="none", **style)

    return draw_beside(image, truth, found, title="Points", mark=mark, width_in=width_in)


def draw_beside(
    image: Image,
    truth: Points,
    found: Mapping[str, Points],
    *,
    title: str,
    mark: Callable[[Axes, str, Points, View], Line2D],
    width_in: float,
) -> Figure:
    """Return the image beside itself with true and found places marked; of a volume, the slice with the most.

    mark : (axes, who, places, view) -> draws them and returns their sign for the legend
    """
    shown = {"truth": truth} | {who: sure(points) for who, points in found.items()}
    view = _fullest(image.grid, [points.world for points in shown.values()])
    picture = picture_of(image, view)
    width, height = panel_size(picture, width_in=width_in, most_in=3.4)
    figure = sheet(2 * width + 0.12, height + 0.62)
    left, right = figure.subplots(1, 2)
    show(left, picture, title="Image")
    show(right, picture, title=title, scale=False)
    handles = []
    for who, points in shown.items():
        sign = mark(right, who, points, view)
        sign.set_label(f"{who} ({len(points)})")
        handles.append(sign)
    figure.legend(handles=handles, loc="outside lower right", ncols=len(handles), handlelength=1.4, columnspacing=1.2)
    if place := where(view, image.grid):
        figure.text(0.005, 0.012, place, fontsize=7.5, color=MUTED, ha="left", va="bottom")
    return figure


def _ring(count: int) -> dict[str, Any]:
    """Rings small enough that hundreds of them can be told apart."""
    return {"marker": "o", "markeredgecolor": TRUTH, "markersize": 8.0 if count < 50 else 5.5}


def sure(points: Points) -> Points:
    """Return the points, or boxes, whose score is at least SURE."""
    given = ~(points.score < SURE)
    return Points(
        world=points.world[given],
        kind=points.kind[given],
        score=points.score[given],
        names=points.names,
        extent=None if points.extent is None else points.extent[given],
    )


def _fullest(grid: Grid, places: list[NDArray[np.floating]]) -> View:
    """Return the slice with the most points; the middle one where there are none."""
    plane = planes(grid)[0]
    axis = across(grid, plane)
    if axis is None:
        return View(plane=plane)
    every = np.concatenate([p.reshape(-1, grid.ndim) for p in places])
    if not len(every):
        return View(plane=plane, index=grid.shape[axis] // 2)
    index = np.clip(np.round(grid.to_index(every)[:, axis]).astype(int), 0, grid.shape[axis] - 1)
    return View(plane=plane, index=int(np.bincount(index).argmax()))


def _on_paper(world: NDArray[np.floating], grid: Grid, view: View) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return rows and columns of the places in the plane: marked in an array that is turned upright as the image is."""
    marked = np.zeros(grid.shape, bool)
    if len(world):
        index = np.round(grid.to_index(world)).astype(int)
        axis = across(grid, view.plane)
        if axis is not None:
            index = index[np.abs(index[:, axis] - view.index) <= AROUND]
            index[:, axis] = view.index
        inside = ((index >= 0) & (index < np.asarray(grid.shape))).all(axis=1)
        marked[tuple(index[inside].T)] = True
    rows, columns = np.nonzero(upright(marked, grid, view).samples)
    return rows, columns
