"""Integrated Brier score: the Brier score of the survival curve, averaged over the first five years.

Out:  in [0, 1]; always 0.5 gives 0.25. Who had a competing event is free of the event from then on. NaN when nobody is followed for
      five years.
Reference: Graf et al., Stat Med 1999; 18:2529; with competing events Schoop et al., Biom J 2011; 53:88.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.survival import Survival
from isocenter.core.task import CohortFunction, CohortMetric
from isocenter.core.value import Value
from isocenter.metrics import survival_at
from isocenter.metrics.cohort_values import survival_table


def integrated_brier_until(day: float) -> CohortFunction:
    """Return the function for another span than the first five years."""

    def measure(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> NDArray[np.floating]:
        table = survival_table(truths, answers)
        known = np.isfinite(table.days) & np.isfinite(table.expected)
        curves = [a for a, k in zip(answers, known, strict=True) if k and isinstance(a, Survival)]
        used = np.asarray(weights, float)[:, known]
        return survival_at.integrated_brier(table.days[known], table.end[known], curves, used, until=day)

    return measure


MEASURES = ("survival",)
METRIC = CohortMetric(
    name="integrated_brier",
    unit="1",
    function=integrated_brier_until(survival_at.FIVE_YEARS_DAYS),
    better="lower",
    cite="Graf et al., Stat Med 1999; 18:2529; who had a competing event is free of the event (Schoop et al., Biom J 2011; 53:88)",
)
