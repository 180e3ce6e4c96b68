"""Detection: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
from isocenter.metrics.per_case import box_f1
from isocenter.metrics.per_cohort import mean_average_precision

TASK = Task(
    name="detection",
    question="Where are they, and how large?",
    answers=frozenset({"boxes"}),
    primary="box_f1",
    better="higher",
    default="center_boxes",
    baselines=("no_boxes",),
    per_case=(box_f1.METRIC,),
    per_cohort=(mean_average_precision.METRIC,),
)
