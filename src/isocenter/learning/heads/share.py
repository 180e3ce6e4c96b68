"""Share: a proportion in [0, 1], learned from exact or interval labels.

In:   raw (N, 1) logits; truth (N, 2) ends of the label in [0, 1], equal where it is exact; NaN = not assessed.
Out:  binary cross-entropy towards the nearest end of the interval, less the entropy of that end: 0 inside; Amount.

Reference: Bortsova et al., MICCAI 2018, arXiv:1807.08601 (learning from intervals of proportions).
Differs:   cross-entropy to the nearest end, where the paper minimizes squared error or the logarithm of the interval's probability.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch import Tensor
from torch.nn.functional import binary_cross_entropy, binary_cross_entropy_with_logits

from isocenter.core.amount import Amount
from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.amount_labels import amount_ends, mean_share
from isocenter.learning.head import Floats, Head, HeadKind


@dataclass(frozen=True, kw_only=True)
class Share:
    """See Head in learning/head.py."""

    unit: str = "1"
    whole: float = 1.0
    """What all of it is called in the labels' unit: 1, or 100 for a percentage."""
    middle: float = 0.5
    """Share of the mean learning case."""

    @property
    def outputs(self) -> int:
        """One logit."""
        return 1

    @property
    def start(self) -> float:
        """Number at which everybody has the share of the mean case."""
        return math.log(self.middle / (1.0 - self.middle))

    def truth(self, value: Value) -> NDArray[np.float32]:
        """Return the label's ends (2,), as shares."""
        return np.asarray(np.clip(amount_ends(value) / self.whole, 0.0, 1.0), np.float32)

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return the loss of each case (N,)."""
        logit = raw[:, 0].float()
        nearest = torch.minimum(torch.maximum(logit.sigmoid().detach(), truth[:, 0]), truth[:, 1])  # the share itself, inside
        each = binary_cross_entropy_with_logits(logit, nearest, reduction="none")
        least = binary_cross_entropy(nearest, nearest, reduction="none")
        return each - least

    def calibrated(self, raw: Floats, truth: Floats) -> Head:
        """Return the head as it is."""
        del raw, truth
        return self

    @property
    def answer_border(self) -> float:
        """Above it, more likely than not."""
        return 0.5

    def answer(self, raw: Floats) -> Value:
        """Return the proportion."""
        return Amount(value=self.whole * float(expit(float(raw[0]))), unit=self.unit)

    def map(self, raw: Floats) -> Floats:
        """Return the probability of every place."""
        return np.asarray(expit(np.asarray(raw, float)))


def fit(target: Target, labels: Sequence[Value]) -> Share:
    """Return the head of a target."""
    whole = 100.0 if target.unit == "%" else 1.0
    return Share(unit=target.unit, whole=whole, middle=mean_share(labels, whole=whole))


HEAD = HeadKind(
    card=Card(
        name="share",
        task="proportion",
        answers=frozenset({"proportion"}),
        learned=True,
        cite="Bortsova et al., MICCAI 2018, arXiv:1807.08601",
        differs="cross-entropy to the nearest end of the interval",
    ),
    kinds=frozenset({"proportion"}),
    default_of=frozenset({"proportion"}),
    config=Share,
    fit=fit,
)
