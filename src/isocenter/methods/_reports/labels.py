"""Reports and their labels as a learner needs them.

In:   cases whose inputs are text, a multilabel target.
Out:  one text a case, its labels (N, K) with NaN where not assessed; the languages the reports are in.
Not:  no words are counted or numbered here.
"""

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.methods._baselines.labels import labeled, nothing_to_learn
from isocenter.methods._reports.language import language_of
from isocenter.methods._reports.sections import sections_of
from isocenter.methods._reports.sentences import sentences_of

RARE_LANGUAGE = 0.05
"""Share of the learning reports below which a language counts as strayed in, not as learned."""
SECTION_BREAK = " . "


class LabeledReports(Record):
    """Texts and labels, row by row."""

    texts: tuple[str, ...]
    """Words of all sections in lower case, joined by single spaces; sentences end in a full stop."""
    labels: NDArray[np.float64]
    """(N, K): 1, 0, NaN."""
    languages: tuple[str, ...]
    """Languages a model learned from these can read."""


def text_of(sections: Iterable[tuple[str, str]]) -> str:
    """Return the words of a report as one line."""
    return SECTION_BREAK.join(sentence.words for sentence in sentences_of(dict(sections)))


def labeled_reports(target: Target, cases: Iterable[Case], *, some: bool = True) -> LabeledReports:
    """Return the reports that carry a label. StudyError when there is none, unless `some` is False."""
    texts, labels, spoken = [], [], Counter[str]()
    for case, label in labeled(target, cases):
        sections = sections_of(case)
        if isinstance(label, Scores) and any(text.strip() for text in sections.values()):
            texts.append(text_of(sections.items()))
            labels.append(label.p)
            spoken[language_of("\n".join(sections.values()))] += 1
    if not texts and some:
        raise nothing_to_learn(target)
    known = tuple(sorted(code for code, count in spoken.items() if code and count >= RARE_LANGUAGE * len(texts)))
    names = target.classes or target.columns
    return LabeledReports(
        texts=tuple(texts), labels=np.stack(labels).astype(float) if labels else np.zeros((0, len(names))), languages=known
    )
