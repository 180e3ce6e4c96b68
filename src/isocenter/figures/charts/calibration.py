"""Calibration: does "80 %" happen 80 times in 100?

In:   truth (0 or 1) and probability of each case, per class. Out: observed share over stated probability in bins of equal mass.
Not:  no slope, intercept or ECE (metrics).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from isocenter.figures.evidence import Chart, Drawing, Evidence, class_scores
from isocenter.figures.style import color_of_class, styled, unit_square


def bins_of_equal_mass(truth: NDArray[np.floating], probability: NDArray[np.floating], *, bins: int) -> NDArray[np.floating]:
    """Return (bins, 3): mean probability, share of positives, and number of cases. Fewer bins than cases, always."""
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, max(1, min(bins, len(order))))
    return np.array([(probability[p].mean(), truth[p].mean(), len(p)) for p in parts if len(p)])


@styled
def draw_calibration(answers: pd.DataFrame, *, width_in: float = 3.6) -> Figure:
    """Return the curve of each class; the dots are bins of equal numbers of cases."""
    figure, axes = unit_square(width_in, x="probability stated", y="share that had it")
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
    if table["class"].nunique() > 1:
        axes.legend(loc="upper left")
    return figure


def _from_evidence(evidence: Evidence) -> Sequence[Drawing]:
    drawings: list[Drawing] = []
    for target, shown in class_scores(evidence, most=6):
        if shown.dropna(subset=["truth", "answer"])["case"].nunique() < 20:
            continue
        drawings.append(
            Drawing(
                name=f"calibration_{target}",
                title="Calibration",
                target=str(target),
                caption="How often it was true when a probability was stated, in bins of equal numbers of cases; on the "
                "dashed line the probabilities mean what they say.",
                figure=draw_calibration(shown),
            )
        )
    return drawings


CHART = Chart(section="results", order=5, draw=_from_evidence)
