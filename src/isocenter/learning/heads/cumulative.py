"""Cumulative logits: grades in order; each logit asks whether the grade is above one more step.

In:   raw (N, K - 1) logits of "above grade k"; truth (N, 1) the grade's index, NaN = not assessed.
Out:  summed binary cross-entropy in nats; Scores that follow from cumulative probabilities made to fall.

Reference: Frank & Hall, ECML 2001; Niu et al., CVPR 2016 (ordinal regression with several outputs).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import expit
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from isocenter.core.method import Card
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.value import Value
from isocenter.learning.head import Floats, Head, HeadKind


@dataclass(frozen=True, kw_only=True)
class Cumulative:
    """See Head in learning/head.py."""

    names: tuple[str, ...]
    weights: tuple[float, ...] = ()
    """Weight of each grade in the loss, mean 1; () = alike."""

    @property
    def outputs(self) -> int:
        """One logit a step between grades."""
        return len(self.names) - 1

    def truth(self, value: Value) -> NDArray[np.float32]:
        """Return the grade's index (1,)."""
        p = value.p if isinstance(value, Scores) else np.full(len(self.names), np.nan)
        return np.array([np.nan if np.isnan(p).all() else np.nanargmax(p)], np.float32)

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return the loss of each case (N,)."""
        steps = torch.arange(self.outputs, device=raw.device)
        above = (truth > steps).float()  # (N, K - 1)
        each = binary_cross_entropy_with_logits(raw.float(), above, reduction="none").sum(dim=1)
        return each * each.new_tensor(self.weights)[truth[:, 0].long()] if self.weights else each

    def calibrated(self, raw: Floats, truth: Floats) -> Head:
        """Return the head as it is."""
        del raw, truth
        return self

    @property
    def answer_border(self) -> float:
        """Above it, the expected grade rounds to 1."""
        return 0.5

    def answer(self, raw: Floats) -> Value:
        """Return the probability of every grade."""
        above = np.minimum.accumulate(expit(np.asarray(raw, float)))
        return Scores(p=-np.diff(np.concatenate([[1.0], above, [0.0]])), names=self.names)

    def map(self, raw: Floats) -> Floats:
        """Return the expected grade at every place, (1, *s)."""
        return np.asarray(expit(np.asarray(raw, float)).sum(axis=0, keepdims=True))


def fit(target: Target, labels: Sequence[Value]) -> Cumulative:
    """Return the head of a target."""
    del labels
    return Cumulative(names=target.classes)


HEAD = HeadKind(
    card=Card(
        name="cumulative",
        task="grading",
        answers=frozenset({"ordinal"}),
        learned=True,
        cite="Frank & Hall, ECML 2001; Niu et al., CVPR 2016",
        differs="cumulative probabilities are made to fall by their running minimum",
    ),
    kinds=frozenset({"ordinal"}),
    default_of=frozenset({"ordinal"}),
    config=Cumulative,
    fit=fit,
)
