"""Cox: one number a case, the logarithm of its relative hazard; the days come from the learning cases' baseline hazard.

In:   raw (N, 1); truth (N, 2) days and how it ended (0 censored, 1 the event, 2 and more a competing one).
Out:  negative log partial likelihood over the batch, shared out among its events (Efron's ties are taken as Breslow's); Survival.

Reference: Cox, J R Stat Soc B 1972; 34:187-220; Breslow, Biometrics 1974; 30:89-99; Katzman et al., DeepSurv, BMC Med Res Methodol
           2018; 18:24.
Differs:   risk sets are those of the batch. A competing event ends a case's time as a censoring does: the hazard is cause-specific.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.learning.head import Floats, Head, HeadKind

TIMES = 64
"""Days the baseline hazard is kept at, at most."""


@dataclass(frozen=True, kw_only=True)
class Cox:
    """See Head in learning/head.py."""

    days: tuple[float, ...] = ()
    """When the baseline hazard was estimated."""
    hazard: tuple[float, ...] = ()
    """Cumulative baseline hazard at those days."""

    @property
    def outputs(self) -> int:
        """One number."""
        return 1

    def truth(self, value: Value) -> NDArray[np.float32]:
        """Return days and end (2,)."""
        return survival_numbers(value)

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return the loss, shared out among the batch (N,)."""
        risk, days = raw[:, 0].float(), truth[:, 0]
        event = truth[:, 1] == 1
        at_risk = days[None, :] >= days[:, None]  # (N, N): row's case sees whom
        total = torch.logsumexp(torch.where(at_risk, risk[None, :], risk.new_tensor(-1e9)), dim=1)  # (N,)
        each = torch.where(event, total - risk, torch.zeros_like(risk))
        return each * (len(each) / event.sum().clamp_min(1))

    def calibrated(self, raw: Floats, truth: Floats) -> Head:
        """Return the head with Breslow's cumulative baseline hazard of these cases."""
        risk = np.exp(np.clip(np.asarray(raw, float)[:, 0], -30, 30))
        days, event = truth[:, 0].astype(float), truth[:, 1] == 1
        when = np.unique(days[event])
        steps = [float(event[days == day].sum()) / float(risk[days >= day].sum()) for day in when]
        kept: list[int] = sorted({round(i) for i in np.linspace(0, len(when) - 1, min(TIMES, len(when)))}) if len(when) else []
        hazard = np.cumsum(steps)
        return dataclasses.replace(
            self, days=tuple(float(when[i]) for i in kept), hazard=tuple(round(float(hazard[i]), 8) for i in kept)
        )

    @property
    def answer_border(self) -> float:
        """Above it, more than the mean hazard."""
        return 0.0

    def answer(self, raw: Floats) -> Value:
        """Return P(free of the event) at the days of the baseline."""
        hazard = np.asarray(self.hazard, float) * np.exp(np.clip(float(raw[0]), -30, 30))
        return Survival(days=np.asarray(self.days, float), alive=np.exp(-hazard))

    def map(self, raw: Floats) -> Floats:
        """Return what every place adds to the logarithm of the hazard."""
        return np.asarray(raw)


def survival_numbers(value: Value) -> NDArray[np.float32]:
    """Return days and how they ended (2,); NaN = not assessed."""
    if not isinstance(value, Survival) or not len(value.days):
        return np.full(2, np.nan, np.float32)
    return np.array([float(value.days[0]), value.code], np.float32)


def fit(target: Target, labels: Sequence[Value]) -> Cox:
    """Return the head of a target."""
    del target, labels
    return Cox()


HEAD = HeadKind(
    card=Card(
        name="cox",
        task="survival",
        answers=frozenset({"survival"}),
        learned=True,
        cite="Cox, J R Stat Soc B 1972; 34:187-220; Katzman et al., BMC Med Res Methodol 2018; 18:24",
        differs="risk sets are those of the batch",
    ),
    kinds=frozenset({"survival"}),
    default_of=frozenset(),
    config=Cox,
    fit=fit,
)
