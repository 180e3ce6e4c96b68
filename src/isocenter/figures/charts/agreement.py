"""Agreement of two measurements of one thing: scatter and Bland–Altman plot, for volumes, counts and values.

In:   truth and answer of each case, with their class and unit. Out: two figures.
Not:  no estimates of bias with intervals (metrics).

Reference: Bland & Altman, Lancet 1986; 327:307-310.
"""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from isocenter.figures.evidence import Chart, Drawing, Evidence
from isocenter.figures.style import INK, color_of_class, quiet, sheet, styled
from isocenter.figures.words import number, unit_in_words

_AMOUNTS = ("volume", "area", "count", "proportion", "value", "mean")


@styled
def draw_scatter(answers: pd.DataFrame, *, what: str, unit: str, width_in: float = 3.6) -> Figure:
    """Return answer over truth with the line of identity; one color a class.

    answers : columns class, truth, answer; NaN rows are left out
    """
    figure = sheet(width_in, width_in * 0.92)
    axes = figure.subplots()
    table = answers.dropna(subset=["truth", "answer"])
    both = table[["truth", "answer"]].to_numpy(float)
    low, high = (float(both.min()), float(both.max())) if both.size else (0.0, 1.0)
    pad = 0.05 * (high - low or 1.0)
    axes.plot([low - pad, high + pad], [low - pad, high + pad], color="#aab3bd", linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    _dots(axes, table, "truth", "answer")
    axes.set_xlim(low - pad, high + pad)
    axes.set_ylim(low - pad, high + pad)
    axes.set_aspect("equal")
    words = unit_in_words(unit)
    suffix = f" ({words})" if words else ""
    axes.set_xlabel(f"{what} in the truth{suffix}")
    axes.set_ylabel(f"{what} in the answer{suffix}")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    quiet(axes, grid="both")
    _legend(figure, axes, table)
    return figure


@styled
def draw_bland_altman(answers: pd.DataFrame, *, unit: str, width_in: float = 3.6) -> Figure:
    """Return answer - truth over their mean; from 10 cases on with bias and 95 % limits of agreement (bias ± 1.96 SD).

    answers : columns class, truth, answer; NaN rows are left out
    """
    figure = sheet(width_in, width_in * 0.92)
    axes = figure.subplots()
    table = answers.dropna(subset=["truth", "answer"])
    table = table.assign(mean=(table["truth"] + table["answer"]) / 2, gap=table["answer"] - table["truth"])
    axes.axhline(0, color="#aab3bd", linewidth=1, zorder=1)
    _dots(axes, table, "mean", "gap")
    if len(table) >= 10:
        bias, spread = float(table["gap"].mean()), float(table["gap"].std(ddof=1))
        for level, name in ((bias, "bias"), (bias - 1.96 * spread, "−1.96 SD"), (bias + 1.96 * spread, "+1.96 SD")):
            axes.axhline(
                level,
                color=INK,
                linewidth=1.1 if name == "bias" else 0.8,
                linestyle="-" if name == "bias" else (0, (4, 3)),
                zorder=2,
            )
            axes.annotate(
                f"{name} {number(level)}".replace("-", "−"),
                (1.0, level),
                xycoords=axes.get_yaxis_transform(),
                xytext=(0, 2.5),
                textcoords="offset points",
                ha="right",
                va="bottom",
                fontsize=7.5,
                color=INK,
                bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6},
            )
    words = unit_in_words(unit)
    suffix = f" ({words})" if words else ""
    axes.set_xlabel(f"mean of the two{suffix}")
    axes.set_ylabel(f"answer − truth{suffix}")
    axes.margins(x=0.06, y=0.18)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(6))
    quiet(axes, grid="both")
    _legend(figure, axes, table)
    return figure


def _dots(axes: Axes, table: pd.DataFrame, x: str, y: str) -> None:
    for place, name in enumerate(dict.fromkeys(table["class"])):
        part = table[table["class"] == name]
        axes.scatter(
            part[x],
            part[y],
            s=18,
            color=color_of_class(place),
            alpha=0.75,
            linewidths=0,
            label=str(name).replace("_", " "),
            zorder=3,
        )


def _legend(figure: Figure, axes: Axes, table: pd.DataFrame) -> None:
    if table["class"].nunique() > 1:
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper left", ncols=3, handletextpad=0.1, columnspacing=1.0)


def _from_evidence(evidence: Evidence) -> Sequence[Drawing]:
    drawings: list[Drawing] = []
    amounts = evidence.answers[evidence.answers["kind"].isin(_AMOUNTS)]
    for (target, kind), table in amounts.groupby(["target", "kind"], sort=False):
        known = table.dropna(subset=["truth", "answer"])
        if known["case"].nunique() < 3:
            continue
        classes = list(known.groupby("class")["truth"].mean().sort_values(ascending=False).index[:8])
        shown = known[known["class"].isin(classes)]
        what, unit = str(kind).capitalize(), str(known["unit"].iloc[0])
        if unit in ("px", "voxels", "mm2") and known[["truth", "answer"]].to_numpy(float).max() > 1e5:
            shown, unit = shown.assign(truth=shown["truth"] / 1000, answer=shown["answer"] / 1000), f"1000 {unit_in_words(unit)}"
        drawings += [
            Drawing(
                name=f"{kind}_scatter_{target}",
                title=f"{what}: answer beside truth",
                target=str(target),
                caption=f"Each dot is one case; on the dashed line the answer's {kind} equals the truth's.",
                figure=draw_scatter(shown, what=what, unit=unit),
            ),
            Drawing(
                name=f"{kind}_bland_altman_{target}",
                title=f"{what}: agreement (Bland–Altman)",
                target=str(target),
                caption="Difference over mean. The solid line is the bias, the dashed lines are the 95 % limits of agreement "
                "(drawn from 10 cases on): 19 of 20 new cases lie between them if differences are alike for small and large ones.",
                figure=draw_bland_altman(shown, unit=unit),
            ),
        ]
    return drawings


CHART = Chart(section="results", order=2, draw=_from_evidence)
