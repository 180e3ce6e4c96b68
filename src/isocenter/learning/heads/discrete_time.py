"""Discrete-time survival: the chance of each cause in each interval of time, given that nothing happened before.

In:   raw (N, intervals * causes) logits; truth (N, 2) days and how they ended (0 censored, 1 the event, 2 a competing one).
Out:  negative log likelihood in nats; Survival: 1 less the cumulative incidence of the event, competing ones taken into account.

Reference: Brown, Biometrics 1975; 31:863-872 (discrete hazards); Gensheimer & Narasimhan, PeerJ 2019; 7:e6257; Tutz & Schmid,
           Modeling Discrete Time-to-Event Data, 2016 (competing events).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax
from torch import Tensor

from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.learning.head import Floats, Head, HeadKind
from isocenter.learning.heads.cox import survival_numbers

INTERVALS = 12


@dataclass(frozen=True, kw_only=True)
class DiscreteTime:
    """See Head in learning/head.py."""

    edges: tuple[float, ...]
    """Days at which the intervals end, rising."""
    causes: int = 1
    """1, or more with competing events."""

    @property
    def outputs(self) -> int:
        """One logit an interval and cause."""
        return len(self.edges) * self.causes

    def truth(self, value: Value) -> NDArray[np.float32]:
        """Return days and end (2,)."""
        return survival_numbers(value)

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return the negative log likelihood of each case (N,)."""
        logits = raw.float().view(len(raw), len(self.edges), self.causes)
        nothing = torch.zeros_like(logits[..., :1])
        logs = torch.cat([nothing, logits], dim=2).log_softmax(dim=2)  # (N, T, 1 + causes): no event, or which
        edges = truth.new_tensor(self.edges)
        interval = torch.searchsorted(edges, truth[:, 0].contiguous()).clamp_max(len(self.edges) - 1)  # (N,) where the time ends
        cause = truth[:, 1].long().clamp(0, self.causes)
        step = torch.arange(len(self.edges), device=raw.device)
        survived = (logs[..., 0] * (step < interval[:, None])).sum(dim=1)
        last = logs[torch.arange(len(raw)), interval, cause]  # censored: it got through its interval
        return -(survived + last)

    def calibrated(self, raw: Floats, truth: Floats) -> Head:
        """Return the head as it is."""
        del raw, truth
        return self

    @property
    def answer_border(self) -> float:
        """Above it, an event is likelier than none."""
        return 0.0

    def answer(self, raw: Floats) -> Value:
        """Return 1 - cumulative incidence of the event at the intervals' ends."""
        logits = np.asarray(raw, float).reshape(len(self.edges), self.causes)
        chances = softmax(np.concatenate([np.zeros((len(self.edges), 1)), logits], axis=1), axis=1)
        free = np.concatenate([[1.0], np.cumprod(chances[:, 0])[:-1]])
        incidence = np.cumsum(free * chances[:, 1])
        return Survival(days=np.asarray(self.edges, float), alive=1.0 - incidence)

    def map(self, raw: Floats) -> Floats:
        """Return the event's mean logit at every place, (1, *s)."""
        logits = np.asarray(raw).reshape(len(self.edges), self.causes, *raw.shape[1:])
        return np.asarray(logits[:, 0].mean(axis=0, keepdims=True))


def fit(target: Target, labels: Sequence[Value]) -> DiscreteTime:
    """Return the head of a target: intervals that hold about the same number of events each."""
    del target
    ends = np.array([survival_numbers(label) for label in labels], float)
    days, codes = ends[:, 0], ends[:, 1]
    known = days[np.isfinite(days)]
    events = days[codes == 1]
    source = events if len(events) >= INTERVALS else known
    edges = np.unique(np.quantile(source, np.linspace(0, 1, INTERVALS + 1)[1:]))
    edges[-1] = max(edges[-1], known.max())
    return DiscreteTime(edges=tuple(round(float(e), 4) for e in edges), causes=max(1, int(np.nanmax(codes, initial=1))))


HEAD = HeadKind(
    card=Card(
        name="discrete_time",
        task="survival",
        answers=frozenset({"survival"}),
        learned=True,
        cite="Gensheimer & Narasimhan, PeerJ 2019; 7:e6257; Tutz & Schmid 2016",
        differs="",
    ),
    kinds=frozenset({"survival"}),
    default_of=frozenset({"survival"}),
    config=DiscreteTime,
    fit=fit,
)
