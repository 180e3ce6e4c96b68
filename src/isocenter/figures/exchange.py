"""Two learning curves over numbers of labels, and the rate at which one kind is exchanged for the other.

In:   the points and the power laws of either; how many labels of the first are worth how many of the second.
Out:  a figure: both axes logarithmic, the exchange as a dashed line at one error.
Not:  no fit (metrics/exchange_rate.py).
"""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from isocenter.core.record import Record
from isocenter.figures.style import MUTED, color_of_class, quiet, sheet, styled
from isocenter.figures.words import metric_in_words, number
from isocenter.metrics.exchange_rate import PowerLaw


class Drawn(Record):
    """One curve."""

    label: str
    counts: Sequence[float]
    errors: Sequence[float]
    law: PowerLaw


@styled
def draw_exchange(first: Drawn, second: Drawn, *, cases: float, worth: float, metric: str, width_in: float = 4.7) -> Figure:
    """Return both curves, and the line from a number of labels of the first to those of the second that reach the same error.

    cases, worth : labels of the first, and of the second; a worth that is not finite draws no line
    metric       : what the error is measured by
    """
    figure = sheet(width_in, 3.2)
    axes = figure.subplots()
    for place, curve in enumerate((first, second)):
        hue = color_of_class(place)
        reach = np.geomspace(curve.law.smallest, curve.law.largest, 50)
        axes.plot(reach, [curve.law.error(float(n)) for n in reach], color=hue, linewidth=1.8, label=curve.label)
        axes.plot(curve.counts, curve.errors, color=hue, marker="o", markersize=4, linestyle="none")
    error = first.law.error(cases)
    if math.isfinite(worth):
        axes.plot([cases, worth], [error, error], color=MUTED, linestyle="--", linewidth=1.2)
        axes.annotate(
            f"{number(cases)} for {number(worth)}", (math.sqrt(cases * worth), error), textcoords="offset points", xytext=(0, 4),
            ha="center", fontsize=8, color=MUTED,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("labels learned from")
    axes.set_ylabel(f"error ({metric_in_words(metric)})")
    axes.legend()
    quiet(axes)
    return figure
