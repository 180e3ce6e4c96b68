"""Training mean: the mean of the learning cases, for everybody.

In:   the labels of kind proportion; an interval stands for its midpoint.
Out:  one Amount with its 95 % prediction interval.
Not:  no image is opened.

Reference: Geisser, Predictive Inference: An Introduction, 1993 (prediction interval).
"""

from typing import ClassVar

from isocenter.core.method import Card
from isocenter.methods._baselines.mean_amount import MeanAmount


class TrainingMean(MeanAmount):
    """The constant predictor that skill = 1 − MAE / MAE_constant is measured against."""

    card: ClassVar[Card] = Card(
        name="training_mean",
        task="proportion",
        answers=frozenset({"proportion"}),
        learned=False,
        cite="Geisser, Predictive Inference: An Introduction, Chapman & Hall, 1993.",
        differs="",
    )


METHOD = TrainingMean()
