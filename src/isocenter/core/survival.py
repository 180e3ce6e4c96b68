"""Survival: time to an event. A truth or an answer."""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record


class Survival(Record):
    """P(alive) (T,) at days (T,). A truth has one time: the event's (alive 0), or the censoring's (alive 1)."""

    days: NDArray[np.floating]
    alive: NDArray[np.floating]
    censored: bool = False
