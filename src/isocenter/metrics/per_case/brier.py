"""Brier score: the squared distance of the answered probabilities from what was true.

Out:  `brier`: for classes and grades the sum over classes, in [0, 2]; for two classes and for findings the mean square of one
    probability, in [0, 1]. 0 = sure and right. NaN when not assessed.
Reference: Brier, Mon Weather Rev 1950; 78:1.
"""

import math

import numpy as np

from isocenter.core.errors import StudyError
from isocenter.core.measurement import Measurement
from isocenter.core.scores import Scores
from isocenter.core.task import CaseMetric, Pair
from isocenter.core.value import SCORES

_METHOD = "squared distance of probabilities from 0 or 1; Brier 1950"


def measure(pair: Pair) -> list[Measurement]:
    """Return the Brier score of an answer."""
    truth, answer = pair.truth, pair.answer
    if not isinstance(truth, Scores):
        return []
    if not isinstance(answer, Scores) or answer.names != truth.names:
        raise StudyError(f"case {pair.case}: expected scores of {', '.join(truth.names)} as answer, got {answer!r}.")
    known = np.isfinite(truth.p) & np.isfinite(answer.p)
    squares = (answer.p - truth.p)[known] ** 2
    one_of_many = pair.target.type != "multilabel" and len(truth.names) > 2
    value = float(squares.sum() if one_of_many else squares.mean()) if known.any() else math.nan
    return [Measurement(case=pair.case, name="brier", value=value, unit="1", method=_METHOD)]


MEASURES = SCORES
METRIC: CaseMetric = measure
