"""Sigmoid: findings that may be there together; one that was not assessed teaches nothing.

In:   raw (N, K) logits; truth (N, K) of 0 and 1, NaN = not assessed.
Out:  binary cross-entropy in nats, the mean over the findings assessed; Scores.

Reference: Rajpurkar et al., CheXNet, arXiv:1711.05225 (one logit a finding); Platt 1999 (temperature alone here).
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from isocenter.core.method import Card
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.head import Floats, Head, HeadKind

COOLEST, HOTTEST = 0.2, 10.0


@dataclass(frozen=True, kw_only=True)
class Sigmoid:
    """See Head in learning/head.py."""

    names: tuple[str, ...]
    weights: tuple[float, ...] = ()
    """Weight of each finding's positives in the loss; () = 1."""
    temperature: float = 1.0
    """Logits are divided by it when answering."""

    @property
    def outputs(self) -> int:
        """One logit a finding."""
        return len(self.names)

    def truth(self, value: Value) -> NDArray[np.float32]:
        """Return the findings (K,)."""
        p = value.p if isinstance(value, Scores) else np.full(len(self.names), np.nan)
        return np.asarray(p, np.float32)

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return the mean cross-entropy of each case's assessed findings (N,)."""
        known = ~truth.isnan()
        weights = raw.new_tensor(self.weights).float() if self.weights else None
        each = binary_cross_entropy_with_logits(raw.float(), truth.nan_to_num(0), reduction="none", pos_weight=weights)
        return (each * known).sum(dim=1) / known.sum(dim=1)

    def calibrated(self, raw: Floats, truth: Floats) -> Head:
        """Return the head with the temperature of the least cross-entropy."""
        known = ~np.isnan(truth)
        if len(np.unique(truth[known])) < 2:
            return self

        def wrong(log_temperature: float) -> float:
            scaled = (raw / np.exp(log_temperature))[known]
            return float((np.logaddexp(0, scaled) - truth[known] * scaled).mean())

        found = minimize_scalar(wrong, bounds=(np.log(COOLEST), np.log(HOTTEST)), method="bounded")
        return dataclasses.replace(self, temperature=round(float(np.exp(found.x)), 4))

    @property
    def answer_border(self) -> float:
        """Above it, present is likelier than absent."""
        return 0.0

    def answer(self, raw: Floats) -> Value:
        """Return the probability of every finding."""
        return Scores(p=np.asarray(expit(np.asarray(raw, float) / self.temperature)), names=self.names)

    def map(self, raw: Floats) -> Floats:
        """Return logits."""
        return np.asarray(raw)


def fit(target: Target, labels: Sequence[Value]) -> Sigmoid:
    """Return the head of a target; its findings are the labels' where the study names none."""
    named = next((label.names for label in labels if isinstance(label, Scores)), ())
    return Sigmoid(names=target.classes or named)


HEAD = HeadKind(
    card=Card(
        name="sigmoid",
        task="multilabel",
        answers=frozenset({"multilabel"}),
        learned=True,
        cite="Rajpurkar et al., arXiv:1711.05225",
        differs="what was not assessed is masked out of the loss",
    ),
    kinds=frozenset({"multilabel"}),
    default_of=frozenset({"multilabel"}),
    config=Sigmoid,
    fit=fit,
)
