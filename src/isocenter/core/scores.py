"""Scores: probabilities of classes, findings or grades. A truth or an answer."""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record


class Scores(Record):
    """class, multilabel, ordinal: p (K,) in [0, 1]. A truth holds 0 and 1; NaN = not assessed."""

    p: NDArray[np.floating]
    names: tuple[str, ...]

    @property
    def best(self) -> int:
        """Index of the largest p (class, ordinal); -1 when nothing was assessed."""
        return -1 if np.isnan(self.p).all() else int(np.nanargmax(self.p))
