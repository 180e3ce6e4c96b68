"""Brier score at five years: the squared distance of P(free of the event) from the state on that day.

Out:  in [0, 1]; always 0.5 gives 0.25. Who had a competing event by then is free of the event. NaN when nobody is followed up to
      that day.
Reference: Graf et al., Stat Med 1999; 18:2529; with competing events Schoop et al., Biom J 2011; 53:88.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.survival import Survival
from isocenter.core.task import CohortFunction, CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.cohort_values import survival_table
from isocenter.metrics.survival_at import FIVE_YEARS_DAYS, alive_at, brier_at


def survival_brier_at(day: float) -> CohortFunction:
    """Return the function for another day than that of five years."""

    def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
        table = survival_table(truths, answers)
        alive = alive_at([a for a in answers if isinstance(a, Survival)], day)
        known = np.isfinite(table.days) & np.isfinite(alive)
        used = np.asarray(weights, float)[:, known]
        return brier_at(table.days[known], table.end[known], alive[known], used, day=day)

    return measure


MEASURES = ("survival",)
METRIC = CohortMetric(
    name="survival_brier",
    unit="1",
    function=survival_brier_at(FIVE_YEARS_DAYS),
    better="lower",
    cite="Graf et al., Stat Med 1999; 18:2529; who had a competing event by then is free of the event (Schoop et al., Biom J 2011; "
    "53:88)",
)
