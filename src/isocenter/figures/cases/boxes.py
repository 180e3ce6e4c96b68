"""One case with boxes: the image, and beside it the true boxes and those found.

In:   an image, boxes in its world: the truth's and the answers' by who.
Out:  a figure of two panels; of a volume, the slice that goes through the middles of most, with every box it cuts.
Not:  no matching: whether a box is right is for the eye.
"""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.points import Points
from isocenter.figures.cases.picture import panel_size, picture_of, show
from isocenter.figures.cases.points import fullest, sure
from isocenter.figures.orient import View, across, upright, where
from isocenter.figures.style import MODEL, MUTED, TRUTH, sheet, styled


@styled
def draw_boxes(image: Image, truth: Points, found: Mapping[str, Points], *, width_in: float = 3.4) -> Figure:
    """Return the image beside itself with true boxes and those found.

    found : by who ("model"); boxes of a score below a half are left out
    """
    shown = {"truth": truth} | {who: sure(points) for who, points in found.items()}
    view = fullest(image.grid, [points.world for points in shown.values()])
    picture = picture_of(image, view)
    width, height = panel_size(picture, width_in=width_in, most_in=3.4)
    figure = sheet(2 * width + 0.12, height + 0.62)
    left, right = figure.subplots(1, 2)
    show(left, picture, title="Image")
    show(right, picture, title="Boxes", scale=False)
    handles = []
    for who, points in shown.items():
        color, line = (TRUTH, 1.6) if who == "truth" else (MODEL, 0.9)
        for x, y, across_, down in on_paper(points, image.grid, view):
            right.add_patch(Rectangle((x, y), across_, down, fill=False, edgecolor=color, linewidth=line))
        handles.append(Line2D([], [], color=color, linewidth=line, label=f"{who} ({len(points)})"))
    figure.legend(handles=handles, loc="outside lower right", ncols=len(handles), handlelength=1.4, columnspacing=1.2)
    if place := where(view, image.grid):
        figure.text(0.005, 0.012, place, fontsize=7.5, color=MUTED, ha="left", va="bottom")
    return figure


def on_paper(points: Points, grid: Grid, view: View) -> NDArray[np.float64]:
    """Return the boxes a plane cuts as rows of left, top, width and height, in samples of the picture. (M, 4)"""
    if points.extent is None or not len(points):
        return np.zeros((0, 4))
    corners = np.stack([points.world - points.extent / 2, points.world + points.extent / 2])  # (2, N, d)
    index = np.stack([grid.to_index(some) for some in corners])
    low, high = index.min(axis=0), index.max(axis=0)
    axis = across(grid, view.plane)
    cut = np.ones(len(points), bool) if axis is None else (low[:, axis] <= view.index + 0.5) & (high[:, axis] >= view.index - 0.5)
    sides: dict[str, NDArray[np.float64]] = {}
    for a in (a for a in range(grid.ndim) if a != axis):
        shape = [1] * grid.ndim
        shape[a] = grid.shape[a]
        # Where a sample's index along this axis lies on paper says how the axis runs there.
        run = upright(np.broadcast_to(np.arange(grid.shape[a]).reshape(shape), grid.shape), grid, view).samples
        down = run.shape[0] > 1 and run[0, 0] != run[-1, 0]
        forward = int(run[0, 0]) == 0
        ends = np.stack([low[cut, a], high[cut, a]]) if forward else grid.shape[a] - 1 - np.stack([high[cut, a], low[cut, a]])
        sides["down" if down else "across"] = ends
    x, y = sides["across"], sides["down"]
    return np.stack([x[0], y[0], x[1] - x[0], y[1] - y[0]], axis=1)
