"""Share interval: a proportion learned from the interval it was scored in, small shares as finely as large ones.

In:   raw (N, 1) logits; truth (N, 2) ends of the label in [0, 1], equal where it is exact; NaN = not assessed.
Out:  -log of the probability of the interval, less the least it can be; Amount.

The log-odds of the share are taken to be known up to a logistic error. A label stands for all that is rounded to it, so that "0"
and "1 to 5 %" meet at half a percent: log-odds of 0 and of 1 are never asked for. Cross-entropy of shares (share.py) hardly tells
0 from 3 %; here the step from none to some counts as much as the one from some to much.

Reference: McCullagh, J R Stat Soc B 1980; 42:109-142 (proportional odds); Bortsova et al., MICCAI 2018, arXiv:1807.08601 (learning
           from intervals of proportions).
Differs:   the cut points are the ends of the intervals, known beforehand; the error's scale is fixed.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch import Tensor
from torch.nn.functional import softplus

from isocenter.core.amount import Amount
from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.amount_labels import amount_ends, mean_share
from isocenter.learning.head import Floats, Head, HeadKind


@dataclass(frozen=True, kw_only=True)
class ShareInterval:
    """See Head in learning/head.py."""

    unit: str = "1"
    whole: float = 1.0
    """What all of it is called in the labels' unit: 1, or 100 for a percentage."""
    middle: float = 0.5
    """Share of the mean learning case."""
    step: float = 0.01
    """Shares are written in steps of this: a label reaches half a step beyond its ends."""
    scale: float = 0.5
    """Of the logistic error of the log-odds."""

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
        low = torch.logit((truth[:, 0] - self.step / 2).clamp(0.0, 1.0))  # -inf where nothing lies below
        high = torch.logit((truth[:, 1] + self.step / 2).clamp(0.0, 1.0))  # inf where nothing lies above
        logit = raw[:, 0].float()
        # sigmoid(b) - sigmoid(a) = sigmoid(b) sigmoid(-a) (1 - exp(a - b)), and the last factor does not depend on the answer
        each = softplus((logit - high) / self.scale) + softplus((low - logit) / self.scale)
        least = 2 * softplus((low - high) / (2 * self.scale))  # in the middle of the interval
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


def fit(target: Target, labels: Sequence[Value]) -> ShareInterval:
    """Return the head of a target."""
    whole = 100.0 if target.unit == "%" else 1.0
    return ShareInterval(unit=target.unit, whole=whole, middle=mean_share(labels, whole=whole))


HEAD = HeadKind(
    card=Card(
        name="share_interval",
        task="proportion",
        answers=frozenset({"proportion"}),
        learned=True,
        cite="McCullagh, J R Stat Soc B 1980; 42:109-142; Bortsova et al., MICCAI 2018, arXiv:1807.08601",
        differs="cut points are the ends of the intervals; the error's scale is fixed",
    ),
    kinds=frozenset({"proportion"}),
    default_of=frozenset(),
    config=ShareInterval,
    fit=fit,
)
