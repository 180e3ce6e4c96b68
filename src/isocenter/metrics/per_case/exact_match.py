"""Exact match: is the text the true one, word for word?

Out:  `exact_match`, 1 or 0; case and punctuation do not count. NaN when both are empty.
Reference: Rajpurkar et al., SQuAD, EMNLP 2016, arXiv:1606.05250.
"""

import math

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.metrics.per_case.word_f1 import words

_METHOD = "same words in the same order, lower case, without punctuation; Rajpurkar et al. 2016"


def measure(pair: Pair) -> list[Measurement]:
    """Return whether a text is the true one."""
    if not isinstance(pair.truth, str):
        return []
    truth, answer = words(pair.truth), words(pair.answer) if isinstance(pair.answer, str) else []
    value = float(truth == answer) if truth or answer else math.nan
    return [Measurement(case=pair.case, name="exact_match", value=value, unit="1", method=_METHOD)]


MEASURES = ("text",)
METRIC: CaseMetric = measure
