"""Signed error: answer minus truth of a count, a proportion or a value; positive = too high.

Out:  `signed_error`, in the unit of the truth. Inside an interval label: 0; outside: to its nearer end. NaN when not assessed.
Reference: Bland & Altman, Lancet 1986; 327:307.
"""

from isocenter.core.amount import Amount
from isocenter.core.measurement import Measurement
from isocenter.core.task import CaseMetric, Pair
from isocenter.core.value import AMOUNTS
from isocenter.metrics.cohort_values import amount_table

_METHOD = "answer - truth; 0 inside an interval label"


def measure(pair: Pair) -> list[Measurement]:
    """Return the signed error of a number."""
    if not isinstance(pair.truth, Amount):
        return []
    value = float(amount_table([pair.truth], [pair.answer]).error[0])
    return [Measurement(case=pair.case, name="signed_error", value=value, unit=pair.truth.unit, method=_METHOD)]


MEASURES = AMOUNTS
METRIC: CaseMetric = measure
