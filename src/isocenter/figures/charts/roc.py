"""ROC curves of class and finding probabilities.

In:   truth (0 or 1) and probability of each case, per class. Out: one curve a class, the area in the legend.
Not:  no intervals (metrics).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from isocenter.figures.evidence import Chart, Drawing, Evidence, class_scores
from isocenter.figures.style import color_of_class, styled, unit_square


def roc_points(truth: NDArray[np.floating], score: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the curve as (N, 2): false positive rate, true positive rate, from (0, 0) to (1, 1). Empty when a class is absent."""
    positives, negatives = float((truth == 1).sum()), float((truth == 0).sum())
    if positives == 0 or negatives == 0:
        return np.empty((0, 2))
    order = np.argsort(-score, kind="stable")
    truth, score = truth[order], score[order]
    last = np.append(np.diff(score) != 0, True)  # equal scores are one step of the curve
    hits = np.cumsum(truth == 1)[last] / positives
    false = np.cumsum(truth == 0)[last] / negatives
    return np.vstack([[0.0, 0.0], np.column_stack([false, hits])])


@styled
def draw_roc(answers: pd.DataFrame, *, width_in: float = 3.6) -> Figure:
    """Return the curves. answers : columns class, truth (0, 1; NaN = not assessed), answer (probability)."""
    figure, axes = unit_square(width_in, x="1 − specificity", y="sensitivity")
    table = answers.dropna(subset=["truth", "answer"])
    for place, name in enumerate(dict.fromkeys(table["class"])):
        part = table[table["class"] == name]
        curve = roc_points(part["truth"].to_numpy(float), part["answer"].to_numpy(float))
        if len(curve) == 0:
            continue
        area = float(np.trapezoid(curve[:, 1], curve[:, 0]))
        axes.plot(curve[:, 0], curve[:, 1], color=color_of_class(place), linewidth=1.8, label=f"{name} · {area:.3f}", clip_on=False)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="lower right", title="area", title_fontsize=8, alignment="left")
    return figure


def _from_evidence(evidence: Evidence) -> Sequence[Drawing]:
    drawings: list[Drawing] = []
    for target, shown in class_scores(evidence, most=8):
        spread = shown.dropna(subset=["truth", "answer"]).groupby("class")["truth"].nunique()
        if spread.empty or spread.max() < 2:
            continue
        drawings.append(
            Drawing(
                name=f"roc_{target}",
                title="ROC curve",
                target=str(target),
                caption="Sensitivity over false alarms as the threshold falls; the dashed diagonal is chance. The number is the "
                "area under the curve of the pooled cases.",
                figure=draw_roc(shown),
            )
        )
    return drawings


CHART = Chart(section="results", order=3, draw=_from_evidence)
