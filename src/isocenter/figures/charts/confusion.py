"""Confusion matrix: which class is taken for which.

In:   truth and answer of each case as probabilities per class. Out: counts, shaded by share of the true class.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from isocenter.figures.evidence import Chart, Drawing, Evidence
from isocenter.figures.style import INK, sheet, styled


def confusion(answers: pd.DataFrame, classes: Sequence[str]) -> NDArray[np.intp]:
    """Return counts (true class, answered class); cases not assessed or not answered are left out.

    answers : columns case, class, truth, answer, one row a case and class
    """
    counts = np.zeros((len(classes), len(classes)), np.intp)
    for _, rows in answers.groupby("case", sort=False):
        by_class = rows.set_index("class").reindex(classes)[["truth", "answer"]].to_numpy(float)
        if np.isfinite(by_class).all() and by_class[:, 0].max() > 0:
            counts[int(by_class[:, 0].argmax()), int(by_class[:, 1].argmax())] += 1
    return counts


@styled
def draw_confusion(counts: NDArray[np.intp], classes: Sequence[str], *, width_in: float = 3.6) -> Figure:
    """Return the matrix, rows the truth, columns the answer."""
    figure = sheet(width_in, 0.75 + (width_in - 1.1) * 0.95)
    axes = figure.subplots()
    share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1.25)
    for row in range(len(classes)):
        for column in range(len(classes)):
            dark = share[row, column] > 0.62
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=8.5, color="white" if dark else INK)
    turn = max(map(len, classes)) > 6 and len(classes) > 3
    axes.set_xticks(range(len(classes)), classes, rotation=40 if turn else 0, ha="right" if turn else "center")
    axes.set_yticks(range(len(classes)), classes)
    axes.set_xlabel("answer")
    axes.set_ylabel("truth")
    axes.tick_params(length=0, labelcolor=INK)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure


def _from_evidence(evidence: Evidence) -> Sequence[Drawing]:
    exclusive = {t.name: t.classes for t in evidence.study.targets if t.type in ("class", "ordinal")}
    drawings: list[Drawing] = []
    scores = evidence.answers[evidence.answers["kind"] == "probability"]
    for target, classes in exclusive.items():
        counts = confusion(scores[scores["target"] == target], classes)
        if counts.sum() == 0 or len(classes) > 12:
            continue
        drawings.append(
            Drawing(
                name=f"confusion_{target}",
                title="Which class is taken for which",
                target=str(target),
                caption="Numbers of cases; a row is a true class, a column the class with the largest probability; the shade "
                "is the share of the row.",
                figure=draw_confusion(counts, classes),
            )
        )
    return drawings


CHART = Chart(section="results", order=4, draw=_from_evidence)
