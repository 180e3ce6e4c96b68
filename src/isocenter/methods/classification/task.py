"""Classification: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
from isocenter.metrics.per_case import brier, correct
from isocenter.metrics.per_cohort import (
    accuracy,
    auc,
    balanced_accuracy,
    calibration_intercept,
    calibration_slope,
    ece,
    f1,
    sensitivity,
    specificity,
)

TASK = Task(
    name="classification",
    question="Which of these is it?",
    answers=frozenset({"class"}),
    primary="auc",
    better="higher",
    default="cnn",
    baselines=("class_prior",),
    per_case=(correct.METRIC, brier.METRIC),
    per_cohort=(
        auc.METRIC,
        accuracy.METRIC,
        balanced_accuracy.METRIC,
        f1.METRIC,
        sensitivity.METRIC,
        specificity.METRIC,
        ece.METRIC,
        calibration_slope.METRIC,
        calibration_intercept.METRIC,
    ),
)
