"""Survival: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
from isocenter.metrics.per_cohort import (
    concordance,
    survival_auc,
    survival_brier,
    uno_concordance,
)

TASK = Task(
    name="survival",
    question="How long until it happens?",
    answers=frozenset({"survival"}),
    primary="concordance",
    better="higher",
    default="cnn",
    baselines=("aalen_johansen",),
    per_case=(),
    per_cohort=(
        concordance.METRIC,
        uno_concordance.METRIC,
        survival_auc.METRIC,
        survival_brier.METRIC,
    ),
)
