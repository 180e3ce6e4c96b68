"""Training mean: the mean of the learning cases, for everybody.

In:   labels of kind value, count or proportion; an interval stands for its midpoint.
Out:  one Amount with its 95 % prediction interval.
Not:  no image is opened.

Reference: Geisser, Predictive Inference: An Introduction, 1993 (prediction interval).
"""

from isocenter.core.method import Card
from isocenter.core.task import Task
from isocenter.methods._baselines.mean_amount import MeanAmount


class TrainingMean(MeanAmount):
    """The constant predictor that skill = 1 − MAE / MAE_constant is measured against."""

    def __init__(self, task: Task) -> None:
        self.card = Card(
            name="training_mean",
            task=task.name,
            answers=task.answers,
            learned=False,
            cite="Geisser, Predictive Inference: An Introduction, Chapman & Hall, 1993.",
            differs="",
        )


def method(task: Task) -> TrainingMean:
    """Return it for a task."""
    return TrainingMean(task)
