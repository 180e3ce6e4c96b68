"""Kaplan-Meier: the share of the learning patients still without the event, day by day, for everybody.

In:   labels of kind survival: one time each, the event's or the censoring's.
Out:  one Survival: a step function that starts with 1 on day 0 and falls at each day with an event.
Not:  no image is opened, no covariates.

Reference: Kaplan & Meier, J Am Stat Assoc 1958; 53:457-481.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.methods._baselines.constant import Constant


def survival_curve(days: NDArray[np.floating], event: NDArray[np.bool_]) -> Survival:
    """Return the product-limit estimate.

    days  : (N,) time of the event or of the censoring, N >= 1
    event : (N,) True for an event. Whoever is censored on a day of an event was still at risk that day.
    """
    times = np.unique(days[event])
    at_risk = np.array([(days >= time).sum() for time in times], float)
    died = np.array([(days[event] == time).sum() for time in times], float)
    alive = np.cumprod(1.0 - died / at_risk) if len(times) else np.zeros(0)
    return Survival(days=np.concatenate([[0.0], times]), alive=np.concatenate([[1.0], alive]))


class KaplanMeier(Constant):
    """The survival curve of all learning patients."""

    card = Card(
        name="kaplan_meier",
        task="survival",
        answers=frozenset({"survival"}),
        learned=False,
        cite="Kaplan & Meier, Nonparametric estimation from incomplete observations, J Am Stat Assoc 1958; 53:457-481.",
        differs="",
    )

    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return the curve; None if no label is a time."""
        del target
        known = [label for label in labels if isinstance(label, Survival) and len(label.days) and np.isfinite(label.days[0])]
        if not known:
            return None
        days = np.array([label.days[0] for label in known], float)
        return survival_curve(days, np.array([label.event for label in known]))


METHOD = KaplanMeier()
