"""Decide: a prediction becomes a decision by a threshold that was fixed before, or is refused one.

In:   predictions, the study's `operate:` and `refuse:`, thresholds.
Out:  the score of what is called positive, the word for the decision, the reason of a refusal; the cells `decided_<target>`.
Not:  no choice of the threshold (operate.py), no truth but through `truth_of`.
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from isocenter.core.operate import Operate, Refuse
from isocenter.core.prediction import Prediction
from isocenter.core.scores import Scores
from isocenter.core.study import Study, Target
from isocenter.core.value import Value

PREFIX = "decided_"
WORDS = ("refer", "do not refer")
REFUSED, UNLIKE, NO_THRESHOLD = "refused", "unlike", "no threshold"
"""What stands in a decision's place: it was refused, by the method or as unlike, or none is possible of any case."""


def score_of(value: Value | None, target: Target, operate: Operate) -> float:
    """Return the score in [0, 1] of what is called positive: the sum over classes, or the largest of findings; NaN without one."""
    p = _of_positive(value, operate)
    if target.type != "multilabel":
        return float(min(p.sum(), 1.0)) if p.size else math.nan
    return float(np.nanmax(p)) if np.isfinite(p).any() else math.nan


def truth_of(value: Value | None, target: Target, operate: Operate, refuse: Refuse | None = None) -> float:
    """Return 1 where a truth is positive, else 0; NaN where it was not assessed, or findings that were not might be positive.

    A truth that is itself the class that refuses (a grade "ungradable") is neither: NaN.
    """
    given = value.names[value.best] if isinstance(value, Scores) and value.best >= 0 and target.type != "multilabel" else ""
    if refuse is not None and refuse.target == target.name and refuse.class_ == given:
        return math.nan
    p = _of_positive(value, operate)
    if p.size and target.type == "multilabel" and (p[np.isfinite(p)] >= 0.5).any():
        return 1.0
    return float(p.sum() >= 0.5) if p.size and np.isfinite(p).all() else math.nan


def words_of(target: Target, operate: Operate) -> tuple[str, str]:
    """Return how the decisions are called, positive first."""
    if operate.words:
        return operate.words[0], operate.words[1]
    if target.type != "multilabel" and len(target.classes) == 2:
        other = next(name for name in target.classes if name not in operate.positive)
        return operate.positive[0], other
    return WORDS


def word_of(score: float, threshold: float, target: Target, operate: Operate) -> str:
    """Return the word for the decision a score leads to; "" without a score, NO_THRESHOLD where the threshold is NaN."""
    if math.isnan(threshold):
        return NO_THRESHOLD
    return "" if math.isnan(score) else words_of(target, operate)[int(score < threshold)]


def unlike_reason(prediction: Prediction, line: float | None) -> str:
    """Return why a case is too unlike those learned from; "" where it is not, or where no line was chosen.

    line : distance beyond which a case is refused; None = the study does not ask
    """
    if line is None:
        return ""
    if prediction.because:
        return f"Of another kind than what was learned from: {prediction.because}."
    if math.isnan(prediction.unlike):
        return "It was not told how unlike what was learned from it is."
    if prediction.unlike <= line:
        return ""
    return f"Unlike what was learned from: at a distance of {prediction.unlike:.3g}, above {line:.3g}."


def refusal_of(prediction: Prediction, refuse: Refuse | None, line: float | None = None) -> str:
    """Return why no decision may be made on a case; "" where one may. line : as in `unlike_reason`."""
    if prediction.refused:
        return prediction.refused
    reason = unlike_reason(prediction, line)
    if reason or refuse is None or not refuse.target:
        return reason
    judged = prediction.answers.get(refuse.target)
    if not isinstance(judged, Scores) or refuse.class_ not in judged.names:
        return f"{refuse.target} was not judged, and no decision is made without it."
    p = float(judged.p[judged.names.index(refuse.class_)])
    if math.isnan(p):
        return f"{refuse.target} was not judged, and no decision is made without it."
    return f"{refuse.target}: {refuse.class_} with probability {p:.3g}, above {refuse.above:g}." if p > refuse.above else ""


def refused_word(prediction: Prediction, refuse: Refuse | None, line: float | None = None) -> str:
    """Return what stands in a decision's place: "unlike", the class that refuses, or "refused" where the method itself did."""
    if prediction.refused:
        return REFUSED
    if unlike_reason(prediction, line):
        return UNLIKE
    return refuse.class_ if refuse is not None and refuse.class_ else REFUSED


def decision_cells(
    prediction: Prediction, study: Study, thresholds: Mapping[str, float], line: float | None = None
) -> dict[str, str]:
    """Return a column `decided_<target>` for each target that is operated; and `refused` with the reason where none was made.

    line : as in `unlike_reason`; where there is one, the column `unlike` tells the distance, inf for an image of another kind
    """
    reason = refusal_of(prediction, study.refuse, line)
    cells = {}
    for target in study.targets:
        if target.operate is None or target.name not in thresholds:
            continue
        score = score_of(prediction.answers.get(target.name), target, target.operate)
        made = word_of(score, thresholds[target.name], target, target.operate)
        cells[f"{PREFIX}{target.name}"] = refused_word(prediction, study.refuse, line) if reason else made
    told = {UNLIKE: "" if math.isnan(prediction.unlike) else f"{prediction.unlike:.4g}"} if line is not None else {}
    return cells | told | ({"refused": reason} if reason and (cells or line is not None) else {})


def _of_positive(value: Value | None, operate: Operate) -> NDArray[np.float64]:
    """The p of the names called positive; empty where there are no scores."""
    if not isinstance(value, Scores):
        return np.empty(0)
    return np.array([p for p, name in zip(value.p, value.names, strict=True) if name in operate.positive], float)
