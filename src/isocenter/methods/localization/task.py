"""Localization: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
from isocenter.metrics.per_case import point_f1

TASK = Task(
    name="localization",
    question="Where are they?",
    answers=frozenset({"points"}),
    primary="point_f1",
    better="higher",
    default="density",
    baselines=("mean_count", "watershed", "area_count"),
    per_case=(point_f1.METRIC,),
)
