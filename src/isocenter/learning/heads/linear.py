"""Linear: a count or a value, standardized by the learning cases' numbers.

In:   raw (N, 1); truth (N, 2) ends of the label, equal where it is exact; NaN = not assessed.
Out:  smooth absolute error, in standard deviations, 0 inside an interval label; Amount: a count from 0, a proportion in its range.

Reference: Girshick, ICCV 2015, arXiv:1504.08083 (the loss); Dubost et al., Med Image Anal 2019; 51:89-100 (count regression).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.core.amount import Amount
from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.amount_labels import amount_ends, amount_middle, outside
from isocenter.learning.head import Floats, Head, HeadKind


@dataclass(frozen=True, kw_only=True)
class Linear:
    """See Head in learning/head.py."""

    unit: str = "1"
    mean: float = 0.0
    deviation: float = 1.0
    lowest: float = -math.inf
    """Answers are not below; 0 for a count or a proportion."""
    highest: float = math.inf
    """Answers are not above; all of it for a proportion."""

    @property
    def outputs(self) -> int:
        """One number."""
        return 1

    def truth(self, value: Value) -> NDArray[np.float32]:
        """Return the label's ends (2,)."""
        return amount_ends(value)

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return the error of each case (N,)."""
        error = outside(raw[:, 0].float(), (truth - self.mean) / self.deviation)
        return torch.where(error < 1.0, 0.5 * error**2, error - 0.5)

    def calibrated(self, raw: Floats, truth: Floats) -> Head:
        """Return the head as it is."""
        del raw, truth
        return self

    @property
    def answer_border(self) -> float:
        """Above it, more than the mean case has."""
        return 0.0

    def answer(self, raw: Floats) -> Value:
        """Return the amount."""
        value = self.mean + self.deviation * float(raw[0])
        return Amount(value=min(self.highest, max(self.lowest, value)), unit=self.unit)

    def map(self, raw: Floats) -> Floats:
        """Return what every place adds, in standard deviations."""
        return np.asarray(raw)


def fit(target: Target, labels: Sequence[Value]) -> Linear:
    """Return the head of a target, with the mean and deviation of its labels."""
    middles = np.array([amount_middle(label) for label in labels], float)
    known = middles[np.isfinite(middles)]
    mean = float(known.mean()) if len(known) else 0.0
    deviation = float(known.std()) if len(known) > 1 and known.std() > 0 else 1.0
    lowest = -math.inf if target.type == "value" else 0.0
    highest = math.inf if target.type != "proportion" else 100.0 if target.unit == "%" else 1.0
    return Linear(unit=target.unit, mean=round(mean, 6), deviation=round(deviation, 6), lowest=lowest, highest=highest)


HEAD = HeadKind(
    card=Card(
        name="linear",
        task="regression",
        answers=frozenset({"value", "count"}),
        learned=True,
        cite="Girshick, ICCV 2015, arXiv:1504.08083; Dubost et al., Med Image Anal 2019; 51:89-100",
        differs="0 inside an interval label",
    ),
    kinds=frozenset({"value", "count", "proportion"}),
    default_of=frozenset({"value", "count"}),
    config=Linear,
    fit=fit,
)
