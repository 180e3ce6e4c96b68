"""A plate of wells: heat maps over time, growth curves by dose, doubling times by dose.

In:   counts by well and time; fitted curves; numbers by dose.
Out:  figures.
Not:  no fit (biomarkers/growth_curve.py).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from isocenter.core.record import Record
from isocenter.figures.style import MUTED, color_of_class, quiet, sheet, styled

TIMES = 6
"""Heat maps drawn of one plate."""


class DrawnDose(Record):
    """One dose: the counts of its wells, and the curve of their mean numbers."""

    label: str
    hours: NDArray[np.float64]
    counts: NDArray[np.float64]
    """(wells, times); NaN where nothing was counted."""
    curve_hours: NDArray[np.float64]
    curve: NDArray[np.float64]
    """Empty where no curve was fitted."""


@styled
def draw_plate_over_time(rows: pd.DataFrame, *, edge_note: Mapping[str, bool], width_in: float = 9.6) -> Figure:
    """Return heat maps of the counts of a plate at up to six times, evenly chosen; a well that was not counted stays white.

    rows      : well (A01), hours, count
    edge_note : by well, whether it was left out of the curves; such wells get a cross
    """
    times = np.array(sorted(set(rows["hours"])), float)
    chosen = times[np.unique(np.linspace(0, len(times) - 1, min(TIMES, len(times))).round().astype(int))]
    letters = sorted({w[0] for w in rows["well"]})
    numbers = sorted({int(w[1:]) for w in rows["well"]})
    across = min(3, len(chosen))
    down = -(-len(chosen) // across)
    figure = sheet(width_in, down * (width_in / across * len(letters) / max(len(numbers), 1) + 0.45) + 0.2)
    grid = figure.subplots(down, across, squeeze=False)
    top = float(rows["count"].max())
    out = [well for well, left_out in edge_note.items() if left_out]
    crosses = [numbers.index(int(w[1:])) for w in out], [letters.index(w[0]) for w in out]
    columns, lines = _few(len(numbers)), _few(len(letters))
    shown = None
    for place, axes in enumerate(grid.flat):
        if place >= len(chosen):
            axes.set_visible(False)
            continue
        field = np.full((len(letters), len(numbers)), np.nan)
        for row in rows[rows["hours"] == chosen[place]].itertuples():
            field[letters.index(row.well[0]), numbers.index(int(row.well[1:]))] = row.count
        shown = axes.imshow(field, cmap="viridis", vmin=0, vmax=top if top > 0 else 1, aspect="equal")
        axes.plot(*crosses, "x", color="white", markersize=2.5, alpha=0.7)
        axes.set_title(f"{chosen[place]:g} h")
        axes.set_xticks(columns, [str(numbers[i]) for i in columns] if place // across == down - 1 else [], fontsize=7)
        axes.set_yticks(lines, [letters[i] for i in lines] if place % across == 0 else [], fontsize=7)
        quiet(axes)
    if shown is not None:
        figure.colorbar(shown, ax=list(grid.flat), shrink=0.8, label="count")
    return figure


def _few(number: int) -> list[int]:
    """Return the first, a middle and the last of so many places: labels cost more time than the picture."""
    return sorted({0, number // 2, number - 1})


@styled
def draw_growth(doses: Sequence[DrawnDose], *, width_in: float = 4.7) -> Figure:
    """Return counts over time on a logarithmic axis: a thin line a well, the curve of each dose on top."""
    figure = sheet(width_in, 3.4)
    axes = figure.subplots()
    for place, dose in enumerate(doses):
        hue = color_of_class(place)
        wells = np.where(dose.counts > 0, dose.counts, np.nan)
        paths = [np.stack([dose.hours, counts], 1)[np.isfinite(counts)] for counts in wells]
        axes.add_collection(LineCollection(paths, colors=hue, linewidths=0.5, alpha=0.3))
        if dose.curve.size:
            axes.plot(dose.curve_hours, dose.curve, color=hue, linewidth=2, label=dose.label)
        else:
            axes.plot([], [], color=hue, linewidth=2, linestyle=":", label=f"{dose.label} (no curve)")
    axes.set_yscale("log")
    axes.autoscale_view()
    axes.set_xlabel("hours")
    axes.set_ylabel("cells a well")
    axes.legend(ncols=2 if len(doses) > 4 else 1, fontsize=7)
    quiet(axes, grid="y")
    return figure


@styled
def draw_rates(
    labels: Sequence[str],
    rates: Sequence[NDArray[np.floating]],
    means: Sequence[float],
    ends: Sequence[tuple[float, float]],
    *,
    width_in: float = 4.7,
) -> Figure:
    """Return growth rates by dose: a dot a well, the mean and its interval beside them.

    rates       : per hour, by dose, (wells,)
    means, ends : NaN where there is none
    """
    figure = sheet(width_in, 3.4)
    axes = figure.subplots()
    for place, (dots, mean, (low, high)) in enumerate(zip(rates, means, ends, strict=True)):
        spread = np.linspace(-0.16, 0.0, max(len(dots), 1))[: len(dots)]
        axes.plot(place + spread, dots, "o", color=color_of_class(place), markersize=3, alpha=0.6)
        if np.isfinite(mean):
            axes.plot([place + 0.2], [mean], "D", color=color_of_class(place), markersize=5)
        if np.isfinite(low) and np.isfinite(high):
            axes.plot([place + 0.2] * 2, [low, high], color=color_of_class(place), linewidth=2)
    axes.axhline(0, color=MUTED, linewidth=0.8)
    axes.set_xticks(range(len(labels)), labels)
    axes.set_xlabel("dose")
    axes.set_ylabel("growth rate (1/h)")
    quiet(axes, grid="y")
    return figure
