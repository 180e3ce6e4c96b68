"""Segmentation: what it asks, how the answer is measured, what must be beaten."""

from isocenter.core.task import Task
from isocenter.metrics.per_case import dice, hd95, iou, precision, recall, surface_dice, volume_error

TASK = Task(
    name="segmentation",
    question="Where is it: which class does each sample of the image belong to?",
    answers=frozenset({"mask"}),
    primary="dice",
    better="higher",
    default="unet",
    baselines=("threshold",),
    per_case=(dice.METRIC, iou.METRIC, precision.METRIC, recall.METRIC, hd95.METRIC, surface_dice.METRIC, volume_error.METRIC),
)
