"""Calibration: does "80 %" happen 80 times in 100?

In:   truth (0 or 1) and probability of each case, per class. Out: observed share over stated probability in bins of equal mass.
Not:  no slope, intercept or ECE (metrics).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from isocenter.figures.evidence import Chart, Drawing, Evidence
from isocenter.figures.style import color_of_class, quiet, sheet, styled


def bins_of_equal_mass(truth: NDArray[np.floating], probability: NDArray[np.floating], *, bins: int) -> NDArray[np.floating]:
    """Return (bins, 3): mean probability, share of positives, and number of cases. Fewer bins than cases, always."""
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, max(1, min(bins, len(order))))
    return np.array([(probability[p].mean(), truth[p].mean(), len(p)) for p in parts if len(p)])


@styled
def draw_calibration(answers: pd.DataFrame, *, width_in: float = 3.6) -> Figure:
    """Return the curve of each class; the dots are bins of equal numbers of cases."""
    figure = sheet(width_in, width_in * 0.95)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="#aab3bd", linewidth=1, linestyle=(0, (4, 3)))
    table = answers.dropna(subset=["truth", "answer"])
    for place, name in enumerate(dict.fromkeys(table["class"])):
        part = table[table["class"] == name]
        points = bins_of_equal_mass(
            part["truth"].to_numpy(float), part["answer"].to_numpy(float), bins=min(10, max(2, len(part) // 10))
        )
        axes.plot(
            points[:, 0],
            points[:, 1],
            color=color_of_class(place),
            linewidth=1.2,
            marker="o",
            markersize=4.5,
            label=name,
            clip_on=False,
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_aspect("equal")
    axes.set_xlabel("probability stated")
    axes.set_ylabel("share that had it")
    quiet(axes, grid="both")
    if table["class"].nunique() > 1:
        axes.legend(loc="upper left")
    return figure


def _from_evidence(evidence: Evidence) -> Sequence[Drawing]:
    drawings: list[Drawing] = []
    scores = evidence.answers[evidence.answers["kind"] == "probability"]
    for target, table in scores.groupby("target", sort=False):
        classes = list(dict.fromkeys(table["class"]))
        shown = table[table["class"] == classes[-1]] if len(classes) == 2 else table[table["class"].isin(classes[:6])]
        if shown.dropna(subset=["truth", "answer"])["case"].nunique() < 20:
            continue
        drawings.append(
            Drawing(
                name=f"calibration_{target}",
                title="Calibration",
                caption="How often it was true when a probability was stated, in bins of equal numbers of cases; on the "
                "dashed line the probabilities mean what they say.",
                figure=draw_calibration(shown),
            )
        )
    return drawings


CHART = Chart(section="results", order=5, draw=_from_evidence)
