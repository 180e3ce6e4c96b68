"""Class prior: the share of each class among the learning cases, for everybody. Its best guess is the majority.

In:   labels of kind class.
Out:  one Scores.
Not:  no image is opened.

Reference: Holte, Mach Learn 1993; 11:63-90 (the majority as the floor of a classifier, "0R").
"""

from collections.abc import Sequence

import numpy as np

from isocenter.core.method import Card
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.methods._baselines.constant import Constant


class ClassPrior(Constant):
    """The class shares."""

    card = Card(
        name="class_prior",
        task="classification",
        answers=frozenset({"class"}),
        learned=False,
        cite="Holte, Very simple classification rules perform well on most commonly used datasets, Mach Learn 1993; 11:63-90.",
        differs="Answers with the shares of all classes, not the majority alone, so that calibration can be measured.",
    )

    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return the mean of the assessed labels, (K,) summing to 1; None if none was assessed."""
        p = [label.p for label in labels if isinstance(label, Scores) and not np.isnan(label.p).any()]
        return Scores(p=np.mean(p, axis=0), names=target.classes) if p else None


METHOD = ClassPrior()
