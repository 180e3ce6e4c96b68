"""Landmark localization: what it asks, how the answer is measured, what must be beaten.

Only a study that names it asks it: points are otherwise objects to be found and counted, of which a case may have many.
"""

from isocenter.core.task import Task
from isocenter.metrics.per_case import landmark_error

TASK = Task(
    name="landmark_localization",
    question="Where is each landmark?",
    answers=frozenset({"points"}),
    primary="landmark_error",
    better="lower",
    default="slice_classifiers",
    baselines=("mean_place",),
    per_case=(landmark_error.METRIC,),
    by_name=True,
    one_each=True,
)
