"""Absolute error: how far a count, a proportion or a value is off.

Out:  `absolute_error` >= 0, in the unit of the truth. Inside an interval label 0, outside to its nearer end. NaN: not assessed.
Reference: Willmott & Matsuura, Clim Res 2005; 30:79.
"""

import numpy as np

from isocenter.core.amount import Amount
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.core.value import AMOUNTS
from isocenter.metrics.cohort_values import amount_table

_METHOD = "|answer - truth|; 0 inside an interval label"


def measure(pair: Pair) -> list[Measurement]:
    """Return the absolute error of a number."""
    if not isinstance(pair.truth, Amount):
        return []
    value = float(np.abs(amount_table([pair.truth], [pair.answer]).error[0]))
    return [Measurement(case=pair.case, name="absolute_error", value=value, unit=pair.truth.unit, method=_METHOD)]


MEASURES = AMOUNTS
METRIC: CaseMetric = measure
