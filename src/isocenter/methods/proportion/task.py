"""Proportion: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
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

TASK = Task(
    name="proportion",
    question="What share of it is there?",
    answers=frozenset({"proportion"}),
    primary="mean_absolute_error",
    better="lower",
    default="cnn",
    baseline="training_mean",
    per_case=(absolute_error.METRIC, signed_error.METRIC),
    per_cohort=(
        mean_absolute_error.METRIC,
        bias.METRIC,
        lower_limit_of_agreement.METRIC,
        upper_limit_of_agreement.METRIC,
        icc.METRIC,
        truth_sd.METRIC,
        spearman.METRIC,
    ),
)
