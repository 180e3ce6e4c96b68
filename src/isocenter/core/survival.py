"""Survival: time to an event. A truth or an answer."""

import numpy as np
from numpy.typing import NDArray

from isocenter.core.record import Record


class Survival(Record):
    """P(alive) (T,) at days (T,): alive = still free of the event asked about.

    A truth has one time: the event's (alive 0), or that of the censoring or of a competing event (alive 1).
    """

    days: NDArray[np.floating]
    alive: NDArray[np.floating]
    censored: bool = False
    cause: int = 1
    """What ended a truth's time, if it was not censored: 1 the event asked about, 2 and more a competing one (death of another
    cause). Of no meaning in an answer."""

    @property
    def event(self) -> bool:
        """Tell whether a truth's time is that of the event asked about."""
        return not self.censored and self.cause == 1

    @property
    def code(self) -> int:
        """The truth's end as tables write it: 0 censored, 1 the event asked about, 2 and more a competing one."""
        return 0 if self.censored else self.cause
