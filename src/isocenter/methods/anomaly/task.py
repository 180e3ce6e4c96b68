"""Anomaly: what it asks, how the answer is measured, what must be beaten.

The class target says, first class first, what is normal; `use: score` on it and on masks keeps both out of training, but for one
thing: cases known to be abnormal are not learned from. A mask beside it is answered by the map, and measured as masks are.
"""

from isocenter.core.task import Task
from isocenter.metrics.per_cohort import auc, average_precision

TASK = Task(
    name="anomaly",
    question="Does it look unlike the normal cases, and where?",
    answers=frozenset({"class"}),
    primary="auc",
    better="higher",
    default="foreign_patches",
    baselines=("smoothed_intensity",),
    per_case=(),
    per_cohort=(auc.METRIC, average_precision.METRIC),
    by_name=True,
    pictures=True,
)
