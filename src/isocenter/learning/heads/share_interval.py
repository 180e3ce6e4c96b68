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

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.amount_labels import mean_share
from isocenter.learning.head import HeadKind
from isocenter.learning.heads.share import Share


@dataclass(frozen=True, kw_only=True)
class ShareInterval(Share):
    """A share whose loss is that of the interval; see Head in learning/head.py."""

    step: float = 0.01
    """Shares are written in steps of this: a label reaches half a step beyond its ends."""
    scale: float = 0.5
    """Of the logistic error of the log-odds."""

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return the loss of each case (N,)."""
        low = torch.logit((truth[:, 0] - self.step / 2).clamp(0.0, 1.0))  # -inf where nothing lies below
        high = torch.logit((truth[:, 1] + self.step / 2).clamp(0.0, 1.0))  # inf where nothing lies above
        logit = raw[:, 0].float()
        # sigmoid(b) - sigmoid(a) = sigmoid(b) sigmoid(-a) (1 - exp(a - b)), and the last factor does not depend on the answer
        each = softplus((logit - high) / self.scale) + softplus((low - logit) / self.scale)
        least = 2 * softplus((low - high) / (2 * self.scale))  # in the middle of the interval
        return each - least


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
