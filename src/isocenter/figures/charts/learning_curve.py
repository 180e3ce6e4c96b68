"""Learning curve: loss, tuning metric and what made images are like, over time.

In:   log.csv (step, minutes, loss …, tune_…, made_…). Out: up to three panels over one time axis.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from isocenter.figures.evidence import Chart, Drawing, Evidence
from isocenter.figures.style import INK, MUTED, color_of_class, quiet, sheet, styled
from isocenter.figures.words import lower_is_better, metric_in_words, number

_SMOOTHED = 60
"""Points from which on a running mean is drawn over them."""


@styled
def draw_learning_curve(log: pd.DataFrame, *, width_in: float = 4.7) -> Figure:
    """Return the losses above and what was measured on tuning cases below; the best tuning value is marked.

    log : columns step, minutes, then numbers; those called loss… are losses, tune_… are tuning metrics, made_… are of made images
        alone; gaps are allowed
    """
    log = log.apply(pd.to_numeric, errors="coerce")
    losses = [c for c in log if str(c).startswith("loss") and log[c].notna().any()]
    tunes = [c for c in log if str(c).startswith("tune_") and log[c].notna().any()]
    made = [c for c in log if str(c).startswith("made_") and log[c].notna().any()]
    panels = [group for group in (losses, tunes, made) if group]
    time = "minutes" if "minutes" in log and log["minutes"].notna().any() else "step"
    figure = sheet(width_in, 0.6 + 1.35 * max(len(panels), 1))
    all_axes = figure.subplots(max(len(panels), 1), 1, sharex=True, squeeze=False)[:, 0]
    for axes, group in zip(all_axes, panels, strict=False):
        for place, column in enumerate(group):
            part = log[[time, column]].dropna()
            hue = color_of_class(place)
            few = len(part) < _SMOOTHED
            axes.plot(
                part[time],
                part[column],
                color=hue,
                linewidth=1.1,
                alpha=1.0 if few else 0.35,
                marker="o" if few else None,
                markersize=2.5,
            )
            if not few:
                smooth = part[column].rolling(max(5, len(part) // 40), center=True, min_periods=1).mean()
                axes.plot(part[time], smooth, color=hue, linewidth=1.8)
            if column.startswith("tune_"):
                _mark_best(axes, part[time].to_numpy(float), part[column].to_numpy(float), column)
            name = str(column).removeprefix("tune_").removeprefix("made_")
            axes.plot([], [], color=hue, linewidth=2, label=_line(name))
        quiet(axes, grid="y")
        title = "Loss on learning cases" if group is losses else "On tuning cases" if group is tunes else "Images made meanwhile"
        axes.set_title(title, pad=6)
        if len(group) > 1:
            axes.legend(loc="best", ncols=2)
        elif group is not losses:
            axes.set_ylabel(metric_in_words(str(group[0]).removeprefix("tune_").removeprefix("made_")))
    all_axes[-1].set_xlabel("minutes" if time == "minutes" else "step")
    last = log["step"].max() if "step" in log else np.nan
    if time == "minutes" and np.isfinite(last):
        figure.text(0.995, 0.012, f"{last:,.0f} steps".replace(",", "\u202f"), fontsize=7.5, color=MUTED, ha="right", va="bottom")
    return figure


def _line(column: str) -> str:
    """Name a column in the legend: "loss", "loss: dice", "Dice, anterior"."""
    return column.replace("loss_", "loss: ", 1).replace("_", " ") if column.startswith("loss") else metric_in_words(column)


def _mark_best(axes: object, x: np.ndarray, y: np.ndarray, name: str) -> None:
    if len(y) < 2:
        return
    best = int(np.argmin(y) if lower_is_better(name) else np.argmax(y))
    axes.scatter([x[best]], [y[best]], s=34, facecolors="none", edgecolors=INK, linewidths=1.1, zorder=4)  # type: ignore[attr-defined]
    side = "right" if x[best] > x.mean() else "left"
    axes.annotate(  # type: ignore[attr-defined]
        f"best {number(float(y[best]))}",
        (x[best], y[best]),
        xytext=(-7 if side == "right" else 7, -15),
        textcoords="offset points",
        fontsize=8,
        color=INK,
        ha=side,
        bbox={"facecolor": "white", "alpha": 0.8, "edgecolor": "none", "pad": 0.8},
    )


def _from_evidence(evidence: Evidence) -> Sequence[Drawing]:
    if evidence.log is None or evidence.log.empty:
        return []
    lines = " (thin: every line of the log; thick: running mean)" if len(evidence.log) >= _SMOOTHED else ""
    return [
        Drawing(
            name="learning_curve",
            title="Learning curve",
            caption=f"Above, the loss on the cases learned from{lines}. Below, what was measured on tuning cases meanwhile; the "
            "ring marks the best. A curve still rising at the end asks for more time."
            + (" Diversity: 1 = images made are as unlike each other as real ones." if "made_diversity" in evidence.log else ""),
            figure=draw_learning_curve(evidence.log),
        )
    ]


CHART = Chart(section="training", order=1, draw=_from_evidence)
