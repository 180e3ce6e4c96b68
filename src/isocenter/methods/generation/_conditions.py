"""What a generator may be asked for: the study's covariates that are words, one number a word. Numbers are no conditions.

In:   covariates of cases.
Out:  vectors (K,): 1 for what is said, 0 for the rest; all 0 where a cell is empty.
Not:  the seed, which is a request's, not a picture's.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Cases
from isocenter.core.errors import StudyError, unknown
from isocenter.core.record import Record
from isocenter.methods.generation._requests import SEED


class Conditions(Record):
    """Column -> its words, in order."""

    words: Mapping[str, tuple[str, ...]]

    @property
    def count(self) -> int:
        """Numbers of a vector."""
        return sum(len(words) for words in self.words.values())

    def vector(self, covariates: Mapping[str, object], *, where: str) -> NDArray[np.float32]:
        """Return what is asked for. StudyError for a word, or a number in its place, that no learning case has."""
        parts = []
        for column, words in self.words.items():
            said = covariates.get(column)
            if said is not None and said != "" and said not in words:
                raise StudyError(f"case {where}, column {column}: {unknown('word', str(said), words)}")
            parts += [float(word == said) for word in words]
        return np.array(parts, np.float32)


def conditions_of(cases: Cases, columns: Sequence[str]) -> Conditions:
    """Return the words of each column among the learning cases."""
    words: dict[str, set[str]] = {column: set() for column in columns if column != SEED}
    for case in cases:
        for column, found in words.items():
            said = case.covariates.get(column)
            if isinstance(said, str) and said:
                found.add(said)
    return Conditions(words={column: tuple(sorted(found)) for column, found in words.items() if found})
