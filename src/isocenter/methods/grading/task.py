"""Grading: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
from isocenter.metrics.per_case import brier, correct
from isocenter.metrics.per_cohort import (
    accuracy,
    grade_error,
    quadratic_kappa,
)

TASK = Task(
    name="grading",
    question="How far along the scale is it?",
    answers=frozenset({"ordinal"}),
    primary="quadratic_kappa",
    better="higher",
    default="cnn",
    baselines=("median_grade",),
    per_case=(correct.METRIC, brier.METRIC),
    per_cohort=(
        quadratic_kappa.METRIC,
        accuracy.METRIC,
        grade_error.METRIC,
    ),
)
