"""Yes or no against yes or no: the four counts and what is made of them, for one or many weightings.

In:   which cases have it, which are called (N,); weights (B, N).
Out:  counts and shares (B,).
Not:  no choice of threshold (operating_point.py), no interval.
Reference: Metrics Reloaded, arXiv:2206.01653.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.errors import StudyError
from isocenter.core.record import Record
from isocenter.core.value import Value
from isocenter.metrics.cohort_values import score_table
from isocenter.metrics.ratio import ratio

THRESHOLD = 0.5
"""A probability from here on is a yes, where no operating point was chosen."""


class Counts(Record):
    """Weighted numbers of cases, each (B,)."""

    true_positive: NDArray[np.float64]
    false_positive: NDArray[np.float64]
    false_negative: NDArray[np.float64]
    true_negative: NDArray[np.float64]

    @property
    def f1(self) -> NDArray[np.float64]:
        """2 TP / (2 TP + FP + FN); NaN when nothing is there and nothing called."""
        twice = 2.0 * self.true_positive
        return ratio(twice, twice + self.false_positive + self.false_negative)

    @property
    def sensitivity(self) -> NDArray[np.float64]:
        """TP / (TP + FN); NaN without positives."""
        return ratio(self.true_positive, self.true_positive + self.false_negative)

    @property
    def specificity(self) -> NDArray[np.float64]:
        """TN / (TN + FP); NaN without negatives."""
        return ratio(self.true_negative, self.true_negative + self.false_positive)

    @property
    def positive_predictive_value(self) -> NDArray[np.float64]:
        """TP / (TP + FP); NaN when nothing is called."""
        return ratio(self.true_positive, self.true_positive + self.false_positive)

    @property
    def negative_predictive_value(self) -> NDArray[np.float64]:
        """TN / (TN + FN); NaN when everything is called."""
        return ratio(self.true_negative, self.true_negative + self.false_negative)


class Called(Record):
    """What is so and what was said, of the cases that were assessed and answered."""

    known: NDArray[np.bool_]
    """(N,)."""
    positive: NDArray[np.bool_]
    """(N,); False where not known."""
    called: NDArray[np.bool_]


class Probabilities(Record):
    """Of the cases that were assessed and answered: what is so, and how likely it was said to be."""

    known: NDArray[np.bool_]
    """(N,); the two below have one entry for each True."""
    positive: NDArray[np.bool_]
    probability: NDArray[np.float64]


def weighted_counts(positive: NDArray[np.bool_], called: NDArray[np.bool_], weights: NDArray[np.floating]) -> Counts:
    """Return the counts of each row of weights.

    positive, called : (N,)
    weights          : (B, N), >= 0
    """
    w = np.asarray(weights, float)
    return Counts(
        true_positive=w @ (positive & called).astype(float),
        false_positive=w @ (~positive & called).astype(float),
        false_negative=w @ (positive & ~called).astype(float),
        true_negative=w @ (~positive & ~called).astype(float),
    )


def probabilities(truths: Sequence[Value], answers: Sequence[Value]) -> Probabilities:
    """Return truth and probability of the second of two classes. StudyError for another number of classes."""
    table = score_table(truths, answers)
    if len(table.names) not in (0, 2):
        raise StudyError(f"expected scores of two classes, got {', '.join(table.names)}. Compare each with the rest.")
    truth, answer = (part[:, 1] if table.names else np.empty(0) for part in (table.truth, table.answer))
    known = np.isfinite(truth) & np.isfinite(answer)
    return Probabilities(known=known, positive=truth[known] > 0.5, probability=answer[known])


def called_of(truths: Sequence[Value], answers: Sequence[Value]) -> Called:
    """Return truth and decision of Scores of two classes; the second is the positive one, called from p = 0.5 on."""
    table = probabilities(truths, answers)
    positive, called = np.zeros(table.known.size, bool), np.zeros(table.known.size, bool)
    positive[table.known] = table.positive
    called[table.known] = table.probability >= THRESHOLD
    return Called(known=table.known, positive=positive, called=called)


def two_class_counts(truths: Sequence[Value], answers: Sequence[Value], weights: NDArray[np.floating]) -> Counts:
    """Return the counts of Scores of two classes for each row of weights (B, N)."""
    found = called_of(truths, answers)
    return weighted_counts(found.positive[found.known], found.called[found.known], np.asarray(weights, float)[:, found.known])
