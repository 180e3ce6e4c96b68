"""Rows of estimates with their intervals: what the forest plot and the comparison of arms share.

In:   labels, values, intervals, numbers of patients. Out: a figure, one row an estimate.
Not:  no statistics.
"""

import math
import re
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from isocenter.core.record import Record
from isocenter.figures.style import INK, MUTED, quiet, sheet, styled
from isocenter.figures.words import number


class Row(Record):
    """One estimate to draw."""

    label: str
    value: float
    ci95: tuple[float, float] = (math.nan, math.nan)
    patients: int = 0
    color: str = "#0072B2"
    points: Sequence[float] = ()
    """The patients' own values, drawn faintly behind."""


def widen(axes: Axes, least: float) -> None:
    """Let the horizontal axis span at least this much around what is drawn."""
    low, high = axes.get_xlim()
    if high - low < least:
        center = (low + high) / 2
        axes.set_xlim(center - least / 2, center + least / 2)


def broken(label: str, *, longest: int = 28) -> str:
    """Return a label over several lines, so that a long one leaves room for what it labels: cut after `_`, `-` or a space.

    longest : characters a line may have; a word that is longer is cut
    """
    lines = [""]
    for part in re.findall(r"[^_\- ]+[_\- ]*|[_\- ]+", label):
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > longest:
            lines.append("")
        lines[-1] += part
        while len(lines[-1]) > longest + 1:
            lines[-1:] = [lines[-1][:longest], lines[-1][longest:]]
    return "\n".join(line.rstrip() for line in lines)


@styled
def draw_intervals(
    rows: Sequence[Row], *, axis: str, reference: float | None = None, least: float = 0.0, width_in: float = 4.7
) -> Figure:
    """Return the rows from top to bottom; the number of patients and the value stand at the right.

    axis      : label of the horizontal axis
    least     : the axis spans at least this much, so that nothing looks like much
    reference : a dashed line to compare with (the value of all patients together)
    """
    labels = [broken(row.label) for row in rows]
    lines = max((label.count("\n") + 1 for label in labels), default=1)
    figure = sheet(width_in, 0.75 + (0.36 + 0.15 * (lines - 1)) * len(rows))
    axes = figure.subplots()
    if reference is not None and math.isfinite(reference):
        axes.axvline(reference, color="#aab3bd", linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    for place, row in enumerate(rows):
        y = len(rows) - 1 - place
        if row.points:
            axes.scatter(row.points, [y] * len(row.points), s=10, color=row.color, alpha=0.25, linewidths=0, zorder=2)
        if all(math.isfinite(end) for end in row.ci95):
            axes.plot(row.ci95, (y, y), color=row.color, linewidth=2.2, solid_capstyle="round", zorder=3)
        if math.isfinite(row.value):
            axes.scatter([row.value], [y], s=38, color=row.color, edgecolors="white", linewidths=0.9, zorder=4)
        n = f"n = {row.patients}" if row.patients else ""
        for text, right, hue in ((number(row.value), 8, INK), (n, 50, MUTED)):
            axes.annotate(
                text,
                (1, y),
                xycoords=axes.get_yaxis_transform(),
                xytext=(right, 0),
                textcoords="offset points",
                va="center",
                fontsize=8.5,
                color=hue,
                annotation_clip=False,
            )
    axes.set_yticks(range(len(rows)), labels[::-1])
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.margins(x=0.06)
    widen(axes, least)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.set_xlabel(axis)
    axes.spines["left"].set_visible(False)
    quiet(axes, grid="x")
    return figure
