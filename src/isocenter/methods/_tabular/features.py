"""Features: what an extractor takes from one case, and the average of several cases.

In:   arrays of numbers and words, by name.
Out:  Features; Extractor, the contract of extractors/.
Not:  no matrix, no imputation (columns.py).
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from isocenter.core.case import Case
from isocenter.core.record import Record
from isocenter.core.study import Target


class Features(Record):
    """Numbers in blocks, and words. What is missing is NaN, or an absent key."""

    blocks: Mapping[str, NDArray[np.float64]]
    """By name: (n,), the same n in every case that has the block."""
    words: Mapping[str, str]
    """By name: the category a case belongs to."""


class Extractor(ABC):
    """Looks at a case in one way."""

    wants: ClassVar[str]
    """What a case must show to be answered, for messages."""

    def __init__(self, inputs: Sequence[str], covariates: Sequence[str], config: Any) -> None:
        self.inputs = tuple(inputs)
        self.covariates = tuple(covariates)
        self.config = config

    def key(self, target: Target) -> str:
        """Return what the view of a case depends on: targets of one key share one look at it."""
        del target
        return ""

    def save(self, folder: Path) -> None:
        """Keep beside the model what it looks with; here nothing."""
        del folder

    def restore(self, folder: Path) -> None:
        """Take up what `save` kept."""
        del folder

    @abstractmethod
    def __call__(self, case: Case, target: Target) -> Features:
        """Return what the case shows; nothing at all if it lacks what is wanted."""


def mean_features(parts: Sequence[Features]) -> Features:
    """Return the mean of each number over the parts that have it, and the word most of them say; nothing for no part."""
    if len(parts) == 1:
        return parts[0]
    blocks = {
        name: mean_known(np.stack([part.blocks[name] for part in parts if name in part.blocks]))
        for name in dict.fromkeys(name for part in parts for name in part.blocks)
    }
    words = {
        name: Counter(part.words[name] for part in parts if name in part.words).most_common(1)[0][0]
        for name in dict.fromkeys(name for part in parts for name in part.words)
    }
    return Features(blocks=blocks, words=words)


def mean_known(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over rows (N, n) of what is finite, (n,); NaN where nothing is."""
    known = np.isfinite(rows)
    count = known.sum(axis=0)
    total = np.where(known, rows, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
