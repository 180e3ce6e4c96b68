"""Word F1: how many words a report shares with the true one, each as often as it occurs in both.

Out:  `word_f1` in [0, 1]; case and punctuation do not count. One text empty: 0. Both: NaN.
Not:  no meaning: "no effusion" and "effusion" share half their words.
Reference: Rajpurkar et al., SQuAD, EMNLP 2016, arXiv:1606.05250 (token F1).
"""

import math
import re
from collections import Counter

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair

_METHOD = "F1 of words, counted with repeats, lower case, without punctuation; Rajpurkar et al. 2016"


def words(text: str) -> list[str]:
    """Return the words of a text, lower case, without punctuation."""
    return re.findall(r"\w+", text.lower())


def word_f1(truth: str, answer: str) -> float:
    """Return 2 x shared / (words of both). 0 when one text is empty, NaN when both are."""
    first, second = Counter(words(truth)), Counter(words(answer))
    total = first.total() + second.total()
    return 2.0 * (first & second).total() / total if total else math.nan


def measure(pair: Pair) -> list[Measurement]:
    """Return the word F1 of a text."""
    if not isinstance(pair.truth, str):
        return []
    value = word_f1(pair.truth, pair.answer if isinstance(pair.answer, str) else "")
    return [Measurement(case=pair.case, name="word_f1", value=value, unit="1", method=_METHOD)]


MEASURES = ("text",)
METRIC: CaseMetric = measure
