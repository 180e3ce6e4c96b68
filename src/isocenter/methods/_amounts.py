"""What every task whose answer is a number is measured by: counts, proportions, values."""

from isocenter.core.task import CaseMetric, CohortMetric
from isocenter.metrics.per_case import absolute_error, signed_error
from isocenter.metrics.per_cohort import (
    bias,
    icc,
    lower_limit_of_agreement,
    mean_absolute_error,
    spearman,
    truth_sd,
    upper_limit_of_agreement,
)

PER_CASE: tuple[CaseMetric, ...] = (absolute_error.METRIC, signed_error.METRIC)
PER_COHORT: tuple[CohortMetric, ...] = (
    mean_absolute_error.METRIC,
    bias.METRIC,
    lower_limit_of_agreement.METRIC,
    upper_limit_of_agreement.METRIC,
    icc.METRIC,
    truth_sd.METRIC,
    spearman.METRIC,
)
