"""Median grade: the middle grade of the learning cases, for everybody. No other constant errs by fewer grades.

In:   labels of kind ordinal.
Out:  one Scores: 1 for the median, 0 for the others. Between two grades, the lower one.
Not:  no image is opened.

Reference: Koenker & Bassett, Econometrica 1978; 46:33-50 (the median minimizes the absolute error).
"""

from collections.abc import Sequence

import numpy as np

from isocenter.core.method import Card
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.methods._baselines.constant import Constant


class MedianGrade(Constant):
    """The median grade."""

    card = Card(
        name="median_grade",
        task="grading",
        answers=frozenset({"ordinal"}),
        learned=False,
        cite="Koenker & Bassett, Regression quantiles, Econometrica 1978; 46:33-50.",
        differs="",
    )

    def answer(self, target: Target, labels: Sequence[Value]) -> Value | None:
        """Return the lower median as a certain grade; None if none was assessed."""
        grades = [label.best for label in labels if isinstance(label, Scores) and label.best >= 0]
        if not grades:
            return None
        median = int(np.percentile(grades, 50, method="inverted_cdf"))
        return Scores(p=np.eye(len(target.classes))[median], names=target.classes)


METHOD = MedianGrade()
