"""Poisson: a count as the rate of events, each place of a map adding its own.

In:   raw (N, 1), the logarithm of the rate over the mean count; truth (N, 2) ends of the label, equal where it is exact; NaN = not
      assessed.
Out:  Poisson deviance towards the nearest end of the label, halved: 0 where the rate is the count, or inside an interval; Amount.

With the pooling `log_total` the rate is the sum of what the places add, none of them below 0, so the map is a density of counts.

Reference: McCullagh & Nelder, Generalized Linear Models, 1989, ch. 6 (log-linear models of counts).
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
from isocenter.learning.amount_labels import amount_ends, amount_middle
from isocenter.learning.head import Floats, Head, HeadKind

LARGEST = 10.0
"""Logarithm of a rate over the mean; beyond it the loss goes on as a straight line."""
SPREAD = 27
"""Places one object is thought to be spread over, where a map says that there is one."""


@dataclass(frozen=True, kw_only=True)
class Poisson:
    """See Head in learning/head.py."""

    unit: str = "1"
    mean: float = 1.0
    """Count of the mean learning case."""

    @property
    def outputs(self) -> int:
        """One number."""
        return 1

    @property
    def start(self) -> float:
        """Numbers at which everybody has the mean count."""
        return 0.0

    def truth(self, value: Value) -> NDArray[np.float32]:
        """Return the label's ends (2,)."""
        return amount_ends(value)

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return the loss of each case (N,)."""
        log_rate = raw[:, 0].float() + math.log(self.mean)
        bounded = log_rate.clamp(max=LARGEST)
        rate = bounded.exp() * (1.0 + log_rate - bounded)
        nearest = torch.minimum(torch.maximum(rate.detach(), truth[:, 0]), truth[:, 1])
        return rate - nearest * log_rate - (nearest - torch.xlogy(nearest, nearest))

    def calibrated(self, raw: Floats, truth: Floats) -> Head:
        """Return the head as it is."""
        del raw, truth
        return self

    @property
    def answer_border(self) -> float:
        """Above it, a place adds what an object adds at each of the places it is spread over."""
        return 1.0 / SPREAD

    def answer(self, raw: Floats) -> Value:
        """Return the rate."""
        return Amount(value=self.mean * math.exp(min(float(raw[0]), LARGEST)), unit=self.unit)

    def map(self, raw: Floats) -> Floats:
        """Return what every place adds to the count."""
        return np.asarray(self.mean * np.exp(np.minimum(np.asarray(raw, float), LARGEST)))


def fit(target: Target, labels: Sequence[Value]) -> Poisson:
    """Return the head of a target, with the mean of its labels."""
    middles = np.array([amount_middle(label) for label in labels], float)
    known = middles[np.isfinite(middles)]
    mean = float(known.mean()) if len(known) else 1.0
    return Poisson(unit=target.unit, mean=round(max(mean, 1e-3), 6))


HEAD = HeadKind(
    card=Card(
        name="poisson",
        task="counting",
        answers=frozenset({"count"}),
        learned=True,
        cite="McCullagh & Nelder, Generalized Linear Models, Chapman & Hall 1989, ch. 6",
        differs="0 inside an interval label",
    ),
    kinds=frozenset({"count"}),
    default_of=frozenset(),
    config=Poisson,
    fit=fit,
)
