"""Outlines of masks on a picture, or, for thin structures, where truth and answer agree.

In:   axes with a picture, masks by who made them ("truth", "model", "baseline:…", "rater:…"), a view.
Out:  lines on the axes, and the handles of their legend.
Not:  nothing about metrics.
"""

from collections.abc import Mapping

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import AbstractPathEffect, withStroke
from numpy.typing import NDArray

from isocenter.core.mask import Mask
from isocenter.figures.orient import View, first_time, upright
from isocenter.figures.style import color_of_contour
from isocenter.figures.words import who_in_words

_BOTH = "#F4F4F4"
_CLOSER = 0.7
"""Share of the picture above which a closer look shows nothing new."""


def regions_of(mask: Mask, view: View) -> dict[str, NDArray[np.bool_]]:
    """Return the foreground classes of one slice as upright pictures, by name. {} when the mask has none there."""
    samples = first_time(mask.labels.array(), mask.grid)
    shown: dict[str, NDArray[np.bool_]] = {}
    if mask.overlapping:
        for name, region in zip(mask.names[1:], samples, strict=False):
            shown[name] = np.asarray(upright(region > 0, mask.grid, view).samples, bool)
    else:
        labels = upright(samples[0], mask.grid, view).samples
        shown = {name: np.asarray(labels == index) for index, name in enumerate(mask.names) if index > 0}
    return {name: region for name, region in shown.items() if region.any()}


def foreground(mask: Mask, view: View) -> NDArray[np.bool_]:
    """Return everything but the background of one slice, upright (rows, columns)."""
    regions = list(regions_of(mask, view).values())
    if regions:
        return np.asarray(np.any(regions, axis=0))
    samples = first_time(mask.labels.array(), mask.grid)
    return np.zeros(upright(samples[0], mask.grid, view).samples.shape, bool)


def draw_outlines(axes: Axes, masks: Mapping[str, Mask], view: View) -> list[Artist]:
    """Outline every class of every mask; one color for each who. Returns the legend's handles."""
    edge: list[AbstractPathEffect] = [withStroke(linewidth=2.6, foreground="black", alpha=0.55)]
    handles: list[Artist] = []
    for who, mask in masks.items():
        hue = color_of_contour(who)
        for region in regions_of(mask, view).values():
            padded = np.pad(region, 1).astype(float)  # so that a region at the border closes
            lines = axes.contour(
                np.arange(-1, region.shape[1] + 1),
                np.arange(-1, region.shape[0] + 1),
                padded,
                levels=[0.5],
                colors=[hue],
                linewidths=1.3,
            )
            lines.set_path_effects(edge)
        handles.append(Line2D([], [], color=hue, linewidth=2.5, label=who_in_words(who)))
    return handles


def draw_agreement(axes: Axes, truth: Mask, answer: Mask, view: View, *, who: str) -> list[Artist]:
    """Paint, over the picture, what both marked and what only one did: for structures too thin to outline."""
    a, b = foreground(truth, view), foreground(answer, view)
    paint = np.zeros((*a.shape, 4))
    paint[..., 3] = 0.5  # the picture steps back, or white on white would not be seen
    for where, hue in ((a & b, _BOTH), (a & ~b, color_of_contour("truth")), (b & ~a, color_of_contour(who))):
        paint[where] = [*(int(hue[n : n + 2], 16) / 255 for n in (1, 3, 5)), 0.95]
    axes.imshow(paint, aspect=axes.get_aspect(), interpolation="nearest")
    return [
        Patch(facecolor=_BOTH, edgecolor="#7a8490", label="both"),
        Patch(facecolor=color_of_contour("truth"), label="truth only"),
        Patch(facecolor=color_of_contour(who), label=f"{who_in_words(who)} only"),
    ]


def is_thin(mask: Mask, view: View) -> bool:
    """Tell whether what a mask marks in a slice is too thin to outline: vessels, membranes, cracks.

    Thin is narrower on average than 1.5 % of the picture's width, or, where much is marked, mostly edge.
    """
    region = foreground(mask, view)
    area = int(region.sum())
    if area < 200:
        return False
    inner = region[1:-1, 1:-1] & region[:-2, 1:-1] & region[2:, 1:-1] & region[1:-1, :-2] & region[1:-1, 2:]
    edge = area - int(inner.sum())
    width = 2 * area / max(edge, 1)  # of a long band: its area over half its edge
    return bool(edge > 0.5 * area or width < 0.015 * region.shape[1])


def window_around(masks: Mapping[str, Mask], view: View) -> tuple[int, int, int, int] | None:
    """Return rows and columns (first row, last row, first column, last column) worth a closer look; None where the whole is.

    A closer look pays when everything marked, with an edge around it, fits into 0.7 of the picture's height and width.
    """
    marked = np.any([foreground(mask, view) for mask in masks.values()], axis=0) if masks else np.zeros((1, 1), bool)
    if not marked.any():
        return None
    rows, columns = (np.flatnonzero(marked.any(axis=axis)) for axis in (1, 0))
    edge = int(max(12, 0.35 * max(np.ptp(rows), np.ptp(columns))))
    top, bottom = max(0, int(rows[0]) - edge), min(marked.shape[0] - 1, int(rows[-1]) + edge)
    first, last = max(0, int(columns[0]) - edge), min(marked.shape[1] - 1, int(columns[-1]) + edge)
    if max((bottom - top + 1) / marked.shape[0], (last - first + 1) / marked.shape[1]) > _CLOSER:
        return None
    return top, bottom, first, last
