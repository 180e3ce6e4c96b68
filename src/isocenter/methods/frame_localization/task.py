"""Frame localization: what it asks, how the answer is measured, what must be beaten.

Only a study that names it asks it: values are otherwise amounts, and say nothing of times. A frame is a value, not a point: it is
one number a case, between whose truth and answer a difference is all there is; a point would need a world with a time in it.
"""

from isocenter.core.task import Task
from isocenter.methods._amounts import PER_CASE, PER_COHORT

TASK = Task(
    name="frame_localization",
    question="At which frame of the series is it?",
    answers=frozenset({"value"}),
    primary="mean_absolute_error",
    better="lower",
    default="frame_classifiers",
    baselines=("mean_frame",),
    per_case=PER_CASE,
    per_cohort=PER_COHORT,
    by_name=True,
)
