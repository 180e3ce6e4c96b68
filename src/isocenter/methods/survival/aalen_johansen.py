"""Aalen and Johansen: the share of the learning patients that have not had the event, day by day, for everybody.

In:   labels of kind survival: one time each, that of the event, of a competing event or of the censoring.
Out:  one Survival: 1 less the cumulative incidence, a step function that starts with 1 on day 0 and falls on days with an event.
Not:  no image is opened, no covariates.

Who died of something else never has the event, so where that occurs the curve stays above that of Kaplan and Meier, which would
take them for lost and answer for a world in which nobody dies of anything else. Without competing events the two are one.

Reference: Aalen & Johansen, Scand J Stat 1978; 5:141-150. Kaplan & Meier, J Am Stat Assoc 1958; 53:457-481.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.methods._baselines.constant import Constant
from isocenter.metrics.incidence import cumulative_incidence


def event_free_curve(days: NDArray[np.floating], end: NDArray[np.integer]) -> Survival:
    """Return 1 less the cumulative incidence of the event.

    days : (N,) end of each time, N >= 1
    end  : (N,) what ended it: 0 = censored, 1 = the event, 2 and more = a competing event. Whoever is censored on a day of an event
           was still at risk that day.
    """
    incidence = cumulative_incidence(days, end)
    falls = np.diff(incidence.share, prepend=0.0) > 0  # nothing changes on a day with competing events alone
    return Survival(
        days=np.concatenate([[0.0], incidence.days[falls]]), alive=np.concatenate([[1.0], 1.0 - incidence.share[falls]])
    )


class AalenJohansen(Constant):
    """The curve of all learning patients."""

    card = Card(
        name="aalen_johansen",
        task="survival",
        answers=frozenset({"survival"}),
        learned=False,
        cite="Aalen & Johansen, An empirical transition matrix for non-homogeneous Markov chains based on censored observations, "
        "Scand J Stat 1978; 5:141-150 (without competing events the curve of Kaplan & Meier, J Am Stat Assoc 1958; 53:457-481)",
        differs="",
    )

    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return the curve; None if no label is a time."""
        del target
        known = [label for label in labels if isinstance(label, Survival) and len(label.days) and np.isfinite(label.days[0])]
        if not known:
            return None
        days = np.array([label.days[0] for label in known], float)
        return event_free_curve(days, np.array([label.code for label in known]))


METHOD = AalenJohansen()
