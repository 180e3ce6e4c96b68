"""Regression: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
from isocenter.methods._amounts import PER_CASE, PER_COHORT

TASK = Task(
    name="regression",
    question="How much is it?",
    answers=frozenset({"value"}),
    primary="mean_absolute_error",
    better="lower",
    default="cnn",
    baselines=("training_mean",),
    per_case=PER_CASE,
    per_cohort=PER_COHORT,
    skill="absolute_error",
)
