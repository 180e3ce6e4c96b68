"""Softmax: one class of several that exclude one another.

In:   raw (N, K) logits, of two classes (N, 1): the second's over the first's; truth (N, 1) index of the class, NaN = not assessed.
Out:  cross-entropy in nats, ≥ 0; Scores.

Reference: Bridle, NATO ASI 1990; temperature: Guo et al., ICML 2017, arXiv:1706.04599.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from torch import Tensor
from torch.nn.functional import cross_entropy

from isocenter.core.method import Card
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.head import Floats, Head, HeadKind

COOLEST, HOTTEST = 0.2, 10.0


@dataclass(frozen=True, kw_only=True)
class Softmax:
    """See Head in learning/head.py."""

    names: tuple[str, ...]
    weights: tuple[float, ...] = ()
    """Weight of each class in the loss, mean 1; () = alike."""
    temperature: float = 1.0
    """Logits are divided by it when answering."""

    @property
    def outputs(self) -> int:
        """One logit a class; of two classes one alone, so that places may be pooled as the instances of a bag."""
        return 1 if len(self.names) == 2 else len(self.names)

    def truth(self, value: Value) -> NDArray[np.float32]:
        """Return the class's index (1,)."""
        p = value.p if isinstance(value, Scores) else np.full(len(self.names), np.nan)
        return np.array([np.nan if np.isnan(p).all() else np.nanargmax(p)], np.float32)

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return the cross-entropy of each case (N,)."""
        index = truth[:, 0].long()
        logits = torch.cat([torch.zeros_like(raw), raw], dim=1) if self.outputs == 1 else raw
        each = cross_entropy(logits.float(), index, reduction="none")
        return each * each.new_tensor(self.weights)[index] if self.weights else each

    def calibrated(self, raw: Floats, truth: Floats) -> Head:
        """Return the head with the temperature of the least cross-entropy."""
        index = truth[:, 0].astype(int)
        if len(set(index.tolist())) < 2:
            return self

        logits = self._logits(raw)

        def wrong(log_temperature: float) -> float:
            logs = log_softmax(logits / np.exp(log_temperature), axis=1)
            return float(-logs[np.arange(len(index)), index].mean())

        found = minimize_scalar(wrong, bounds=(np.log(COOLEST), np.log(HOTTEST)), method="bounded")
        return dataclasses.replace(self, temperature=round(float(np.exp(found.x)), 4))

    @property
    def answer_border(self) -> float:
        """Above it, the second class is the likelier one."""
        return 0.0

    def answer(self, raw: Floats) -> Value:
        """Return the probability of every class."""
        logits = self._logits(np.asarray(raw, float)[None])[0]
        return Scores(p=softmax(logits / self.temperature), names=self.names)

    def map(self, raw: Floats) -> Floats:
        """Return logits."""
        return np.asarray(raw)

    def _logits(self, raw: Floats) -> Floats:
        """Return (N, K) of (N, outputs)."""
        return np.concatenate([np.zeros_like(raw), raw], axis=1) if self.outputs == 1 else raw


def fit(target: Target, labels: Sequence[Value]) -> Softmax:
    """Return the head of a target."""
    del labels
    return Softmax(names=target.classes)


HEAD = HeadKind(
    card=Card(
        name="softmax",
        task="classification",
        answers=frozenset({"class", "ordinal"}),
        learned=True,
        cite="Bridle, NATO ASI 1990; Guo et al., ICML 2017, arXiv:1706.04599",
        differs="",
    ),
    kinds=frozenset({"class", "ordinal"}),
    default_of=frozenset({"class"}),
    config=Softmax,
    fit=fit,
)
