"""Tuning curves: the best score to expect of k random configurations, an arm a line, with its interval.

In:   arms with the points of their curves. Out: one figure.
"""

import math
from collections.abc import Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from isocenter.figures.style import color_of_class, quiet, sheet, styled
from isocenter.metrics.tuning_curve import ExpectedBest


@styled
def draw_tuning_curves(arms: Sequence[tuple[str, Sequence[ExpectedBest]]], *, axis: str, width_in: float = 6.4) -> Figure:
    """Return the curves; a band is the 95 % interval over configurations.

    axis : label of the vertical axis
    """
    figure = sheet(width_in, 3.6)
    axes = figure.subplots()
    for place, (name, curve) in enumerate(arms):
        hue = color_of_class(place)
        tried = [point.tried for point in curve]
        axes.plot(tried, [point.best for point in curve], color=hue, linewidth=1.8, marker="o", markersize=3, label=name, zorder=3)
        held = [point for point in curve if math.isfinite(point.interval.low)]
        if held:
            ends = [point.interval.low for point in held], [point.interval.high for point in held]
            axes.fill_between([point.tried for point in held], *ends, color=hue, alpha=0.13, linewidth=0, zorder=2)
    axes.set_xlabel("random configurations tried")
    axes.set_ylabel(axis)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    quiet(axes, grid="y")
    if len(arms) > 1:
        axes.legend(loc="best")
    return figure
