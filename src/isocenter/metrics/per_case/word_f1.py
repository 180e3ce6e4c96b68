"""Word F1: how many words a text shares with the true one, counted as often as they stand there.

Out:  `word_f1` in [0, 1], and `same_text` (1 if the words are the same in the same order). Both texts empty: NaN.
Not:  no meaning: "no nodule" and "nodule" share a word. Clinical agreement needs findings extracted from the text.
Reference: Rajpurkar et al., SQuAD, EMNLP 2016, arXiv:1606.05250.
"""

import re
from collections import Counter

from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair

_METHOD = "words shared, case and punctuation ignored; Rajpurkar et al., EMNLP 2016"
_WORD = re.compile(r"\w+")


def measure(pair: Pair) -> list[Measurement]:
    """Return word F1 and sameness; nothing unless truth and answer are texts."""
    if not isinstance(pair.truth, str) or not isinstance(pair.answer, str):
        return []
    truth, answer = (_WORD.findall(text.lower()) for text in (pair.truth, pair.answer))
    total = len(truth) + len(answer)
    shared = (Counter(truth) & Counter(answer)).total()
    values = (("word_f1", 2 * shared / total), ("same_text", float(truth == answer))) if total else ()
    empty = (("word_f1", float("nan")), ("same_text", float("nan")))
    return [Measurement(case=pair.case, name=name, value=value, unit="1", method=_METHOD) for name, value in values or empty]


METRIC: CaseMetric = measure
