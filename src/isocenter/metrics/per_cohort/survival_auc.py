"""AUC at five years: did those who had the event by then have the smaller chance of being free of it?

Out:  a probability in [0, 1], 0.5 = chance; who had a competing event by then is free of the event, who is lost before is made up
      for by weights. NaN without an event by then, or when nobody is followed beyond it.
Reference: Uno et al., J Am Stat Assoc 2007; 102:527; with competing events Blanche et al., Stat Med 2013; 32:5381.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.survival import Survival
from isocenter.core.task import CohortFunction, CohortMetric
from isocenter.core.value import Value
from isocenter.metrics.cohort_values import survival_table
from isocenter.metrics.survival_at import FIVE_YEARS_DAYS, alive_at, auc_at


def survival_auc_at(day: float) -> CohortFunction:
    """Return the function for another day than that of five years."""

    def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
        table = survival_table(truths, answers)
        alive = alive_at([a for a in answers if isinstance(a, Survival)], day)
        known = np.isfinite(table.days) & np.isfinite(alive)
        used = np.asarray(weights, float)[:, known]
        return auc_at(table.days[known], table.end[known], alive[known], used, day=day)

    return measure


MEASURES = ("survival",)
METRIC = CohortMetric(
    name="survival_auc",
    unit="1",
    function=survival_auc_at(FIVE_YEARS_DAYS),
    better="higher",
    cite="Uno et al., J Am Stat Assoc 2007; 102:527; who had a competing event by then is free of the event (Blanche et al., Stat "
    "Med 2013; 32:5381)",
    within_folds=True,
)
