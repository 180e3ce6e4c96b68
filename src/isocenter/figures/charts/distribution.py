"""Distribution of a metric: a dot a patient, a box over them, one row per class.

In:   measurements (case, patient, who, name, value). Out: a figure per metric.
Not:  no estimates, no intervals.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from isocenter.figures.evidence import Chart, Drawing, Evidence
from isocenter.figures.intervals import widen
from isocenter.figures.style import INK, color_of_who, quiet, sheet, styled
from isocenter.figures.words import known_metric, metric_in_words, metric_within, unit_in_words, who_in_words

_TELLING = (
    "hd95", "surface_dice", "centerline_dice", "pixel_auc", "boundary_f1", "instance_precision", "center_f1", "foreground_rand",
)  # fmt: skip
"""Metrics worth a picture beside the primary one; IoU, precision and recall say little that Dice does not."""

_BOX = 10
"""Patients from which on a box is drawn; below, the dots say it all."""

_ROWS = 20
"""Classes shown of the primary metric."""


@styled
def draw_distribution(measurements: pd.DataFrame, *, names: Sequence[str], whos: Sequence[str], width_in: float = 4.7) -> Figure:
    """Return one row for each name (a metric, or a metric of one class) and who; a dot is one patient's mean over the cases.

    measurements : rows with the columns patient, who, name, value, unit; NaN values are left out
    names        : rows of the figure, top first ("dice", "dice_anterior")
    whos         : drawn under one another within each row ("model", "baseline:threshold")
    """
    table = measurements[measurements["name"].isin(names) & measurements["who"].isin(whos)].dropna(subset=["value"])
    pairs = [(n, w) for n in names for w in whos if ((table["name"] == n) & (table["who"] == w)).any()]
    figure = sheet(width_in, 0.8 + (0.46 if len(pairs) <= 8 else 0.3) * max(len(pairs), 1))
    axes = figure.subplots()
    jitter = np.random.default_rng(0)
    for place, (name, who) in enumerate(reversed(pairs)):
        rows = table[(table["name"] == name) & (table["who"] == who)]
        values = rows.groupby("patient")["value"].mean().to_numpy()
        hue = color_of_who(who)
        if len(values) >= _BOX:
            axes.boxplot(
                values,
                positions=[place],
                orientation="horizontal",
                widths=0.62,
                showfliers=False,
                whis=(5, 95),
                patch_artist=True,
                boxprops={"facecolor": hue, "alpha": 0.14, "edgecolor": "none"},
                medianprops={"color": hue, "linewidth": 2},
                whiskerprops={"color": hue, "linewidth": 1},
                capprops={"linewidth": 0},
                manage_ticks=False,
            )
        spread = jitter.uniform(-0.2, 0.2, len(values)) if len(values) > 4 else np.zeros(len(values))
        alpha = 0.75 if len(values) <= 60 else 0.35
        axes.scatter(values, place + spread, s=13, color=hue, alpha=alpha, linewidths=0, zorder=3)
    several = len(whos) > 1
    labels = [metric_in_words(n) + (f"\n{who_in_words(w)}" if several and w != "model" else "") for n, w in reversed(pairs)]
    axes.set_yticks(range(len(pairs)), labels)
    axes.tick_params(axis="y", labelcolor=INK)
    axes.set_ylim(-0.6, max(len(pairs), 1) - 0.4)
    unit = unit_in_words(str(table["unit"].iloc[0])) if len(table) else ""
    axes.set_xlabel((metric_in_words(names[0]).split(",")[0]) + (f" ({unit})" if unit else ""))
    widen(axes, 0.0 if unit else 0.1)
    axes.spines["left"].set_visible(False)
    quiet(axes, grid="x")
    return figure


def families(names: Sequence[str]) -> dict[str, list[str]]:
    """Group names into a metric and its classes, in the order given: {"dice": ["dice", "dice_anterior"], "hd95": […]}."""
    heads: list[str] = []
    head_of: dict[str, str] = {}
    for name in sorted(set(names), key=lambda n: (len(n), n)):
        known = known_metric(name)
        near = (
            known if known in heads else next((h for h in sorted(heads, key=len, reverse=True) if name.startswith(h + "_")), name)
        )
        head_of[name] = name if known == name else near
        if head_of[name] == name:
            heads.append(name)
    grouped: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        grouped.setdefault(head_of[name], [head_of[name]])
        if name != head_of[name]:
            grouped[head_of[name]].append(name)
    return grouped


def lone_classes(names: Sequence[str]) -> set[str]:
    """Return the names of classes that are their metric's only one, and so repeat it."""
    return {names[1] for names in families(names).values() if len(names) == 2}


def _worst(table: pd.DataFrame, names: Sequence[str], *, most: int) -> tuple[Sequence[str], str]:
    """Return the mean and its classes, and of too many the lowest alone, with words that say so."""
    if len(names) <= most + 1:
        return names, ""
    medians = table[table["name"].isin(names[1:]) & (table["who"] == "model")].groupby("name")["value"].median().sort_values()
    lowest = set(medians.index[:most])
    return [
        names[0],
        *(n for n in names[1:] if n in lowest),
    ], f" Of {len(names) - 1} classes, the {most} with the smallest medians."


def _from_evidence(evidence: Evidence) -> Sequence[Drawing]:
    table = evidence.measurements
    drawings: list[Drawing] = []
    for target in dict.fromkeys(table["target"]):
        mine = table[(table["target"] == target) & table["value"].notna()]
        metrics = families(list(mine.loc[mine["who"] == "model", "name"]))
        metrics = {head: names for head, names in metrics.items() if not mine.loc[mine["name"] == head, "value"].isin([0, 1]).all()}
        ranked = sorted(metrics, key=lambda m: (m != evidence.primary, m not in _TELLING, m))
        for metric in [m for m in ranked if m == evidence.primary or m in _TELLING][:4] or ranked[:2]:
            names = metrics[metric]
            names = names[:1] if len(names) == 2 else names  # a mean over one class is that class
            shown, cut = _worst(mine, names, most=_ROWS if metric == evidence.primary else 8)
            whos = list(dict.fromkeys(mine.loc[mine["name"] == metric, "who"])) if metric == evidence.primary else ["model"]
            several = bool(len(mine)) and mine.groupby("patient")["case"].nunique().max() > 1
            mean = " (the mean over the patient's cases)" if several else ""
            box = (
                ""
                if mine["patient"].nunique() < _BOX
                else (" The box is the middle half, its line the median, the whiskers reach from the 5th to the 95th percentile.")
            )
            drawings.append(
                Drawing(
                    name=f"distribution_{target}_{metric}",
                    title=f"{metric_in_words(metric)} of every patient",
                    target=str(target),
                    caption=f"Each dot is one patient's {metric_within(metric)}{mean}.{box}{cut}",
                    figure=draw_distribution(mine, names=shown, whos=sorted(whos, key=lambda w: (w != "model", w))),
                )
            )
    return drawings


CHART = Chart(section="results", order=1, draw=_from_evidence)
