"""Organ localization: what it asks, how the answer is measured, what must be beaten.

Only a study that names it asks it: boxes are otherwise objects to be detected, of which a case may have many.
"""

from isocenter.core.task import Task
from isocenter.metrics.per_case import box_center_distance, box_f1, box_wall_distance

TASK = Task(
    name="organ_localization",
    question="Where does each organ lie?",
    answers=frozenset({"boxes"}),
    primary="box_wall_distance",
    better="lower",
    default="slice_classifiers",
    baselines=("mean_place",),
    per_case=(box_wall_distance.METRIC, box_center_distance.METRIC, box_f1.METRIC),
    by_name=True,
    one_each=True,
)
