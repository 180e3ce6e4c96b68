"""Multilabel: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
from isocenter.metrics.per_case import brier, correct
from isocenter.metrics.per_cohort import (
    average_precision,
    ece,
    f1,
    f1_micro,
    multilabel_auc,
)

TASK = Task(
    name="multilabel",
    question="Which of these findings are there?",
    answers=frozenset({"multilabel"}),
    primary="multilabel_auc",
    better="higher",
    default="cnn",
    baselines=("label_prior",),
    per_case=(correct.METRIC, brier.METRIC),
    per_cohort=(
        multilabel_auc.METRIC,
        f1.METRIC,
        f1_micro.METRIC,
        average_precision.METRIC,
        ece.METRIC,
    ),
)
