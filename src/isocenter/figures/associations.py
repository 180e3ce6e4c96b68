"""Associations side by side: a row a covariate, a column a source of the same quantity.

In:   slopes by source and covariate. Out: one figure, intervals above their numbers' table.
Not:  no regression (metrics/association.py).
"""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from isocenter.figures.style import INK, MUTED, color_of_class, quiet, sheet, styled
from isocenter.metrics.association import Slope

APART = 0.16
"""Between sources within a row."""


@styled
def draw_associations(slopes: Mapping[str, Sequence[Slope]], *, width_in: float = 7.2) -> Figure:
    """Return intervals and a table of slope (95 % interval); slopes by source, at least one of each."""
    covariates = list(dict.fromkeys(slope.name for found in slopes.values() for slope in found))
    step = max(1.0, APART * (len(slopes) + 1))
    figure = sheet(width_in, 1.2 + 0.42 * step * len(covariates) + 0.3 * (len(covariates) + 1))
    above, below = figure.subplots(2, 1, height_ratios=[0.42 * step * len(covariates) + 0.6, 0.3 * (len(covariates) + 1)])
    above.axvline(0, color="#aab3bd", linewidth=1)
    for index, (source, found) in enumerate(slopes.items()):
        shift = (index - (len(slopes) - 1) / 2) * APART
        for slope in found:
            y = -step * covariates.index(slope.name) - shift
            above.plot(slope.ci95, (y, y), color=color_of_class(index), linewidth=2, solid_capstyle="round")
            above.scatter([slope.value], [y], s=26, color=color_of_class(index), zorder=3)
        above.plot([], [], color=color_of_class(index), linewidth=2, label=source)
    above.set_yticks([-step * k for k in range(len(covariates))], covariates)
    above.set_ylim(-step * (len(covariates) - 0.5), 0.5 * step)
    above.set_xlabel("standard deviations per standard deviation")
    above.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=min(len(slopes), 4), fontsize=7.5)
    quiet(above, grid="x")
    below.set_axis_off()
    by_name = {source: {slope.name: slope for slope in found} for source, found in slopes.items()}
    cells = [[_cell(by_name[source].get(name)) for source in slopes] for name in covariates]
    table = below.table(
        cellText=cells, rowLabels=covariates, colLabels=list(slopes), loc="center", cellLoc="center", edges="horizontal"
    )
    table.auto_set_font_size(False)
    table.set_fontsize(7)
    for (row, column), cell in table.get_celld().items():
        cell.set_edgecolor("#d9dee4")
        cell.set_text_props(color=MUTED if row == 0 or column < 0 else INK)
    return figure


def _cell(slope: Slope | None) -> str:
    return "" if slope is None else f"{slope.value:+.2f} ({slope.ci95[0]:+.2f} to {slope.ci95[1]:+.2f})"
