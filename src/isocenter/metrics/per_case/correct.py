"""Correct: is the class or grade of largest probability the true one? Its mean over cases is the accuracy.

Out:  `correct`, 1 or 0 for a class or grade; for findings the share that is on the right side of 0.5. NaN when not assessed.
Reference: Metrics Reloaded, arXiv:2206.01653.
"""

import math

import numpy as np

from isocenter.core.errors import StudyError
from isocenter.core.measurement import Measurement
from isocenter.core.scores import Scores
from isocenter.core.task import CaseMetric, Pair
from isocenter.core.value import SCORES

_METHOD = "class of largest probability is the true one; findings: share on the right side of 0.5"


def measure(pair: Pair) -> list[Measurement]:
    """Return whether the answer is right."""
    truth, answer = pair.truth, pair.answer
    if not isinstance(truth, Scores):
        return []
    if not isinstance(answer, Scores) or answer.names != truth.names:
        raise StudyError(f"case {pair.case}: expected scores of {', '.join(truth.names)} as answer, got {answer!r}.")
    if pair.target.type == "multilabel":
        known = np.isfinite(truth.p) & np.isfinite(answer.p)
        value = float(((truth.p > 0.5) == (answer.p > 0.5))[known].mean()) if known.any() else math.nan
    else:
        value = float(truth.best == answer.best) if truth.best >= 0 and answer.best >= 0 else math.nan
    return [Measurement(case=pair.case, name="correct", value=value, unit="1", method=_METHOD)]


MEASURES = SCORES
METRIC: CaseMetric = measure
