"""One case with boxes: the image, and beside it the true boxes and those found.

In:   an image, boxes in its world: the truth's and the answers' by who.
Out:  a figure of two panels; of a volume, the slice that goes through the middles of most, with every box it cuts.
Not:  no matching: whether a box is right is for the eye.
"""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from isocenter.core.grid import Grid
from isocenter.core.image import Image
from isocenter.core.points import Points
from isocenter.figures.cases.points import draw_beside
from isocenter.figures.orient import View, across, upright
from isocenter.figures.style import MODEL, TRUTH, styled


@styled
def draw_boxes(image: Image, truth: Points, found: Mapping[str, Points], *, width_in: float = 3.4) -> Figure:
    """Return the image beside itself with true boxes and those found.

    found : by who ("model"); boxes of a score below a half are left out
    """

    def mark(axes: Axes, who: str, points: Points, view: View) -> Line2D:
        color, line = (TRUTH, 1.6) if who == "truth" else (MODEL, 0.9)
        for x, y, across_, down in on_paper(points, image.grid, view):
            axes.add_patch(Rectangle((x, y), across_, down, fill=False, edgecolor=color, linewidth=line))
        return Line2D([], [], color=color, linewidth=line)

    return draw_beside(image, truth, found, title="Boxes", mark=mark, width_in=width_in)


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
