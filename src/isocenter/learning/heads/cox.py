"""Cox: a number a case and cause, the logarithm of its relative hazard; the days come from the baseline hazards of cases known.

In:   raw (N, causes); truth (N, 2) days and how it ended (0 censored, 1 the event, 2 and more a competing one).
Out:  negative log partial likelihood over the batch, shared out among its events (Efron's ties are taken as Breslow's); Survival:
      1 less the cumulative incidence of the event, the hazards of competing ones taken into account.

Reference: Cox, J R Stat Soc B 1972; 34:187-220; Breslow, Biometrics 1974; 30:89-99; Katzman et al., DeepSurv, BMC Med Res Methodol
           2018; 18:24; Benichou & Gail, Biometrics 1990; 46:813-826 (incidence from the hazards of all causes); Crowson, Atkinson &
           Therneau, Stat Methods Med Res 2016; 25:1692-1706 (events seen over expected).
Differs:   risk sets are those of the batch.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from isocenter.core.errors import StudyError
from isocenter.core.method import Card
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.learning.head import Floats, Head, HeadKind
from isocenter.metrics.incidence import incidence_of_hazards

TIMES = 64
"""Days the baseline hazard is kept at, at most."""
ENOUGH = 10
"""Tuning cases with a cause from which on the level of its hazard is set by them."""


@dataclass(frozen=True, kw_only=True)
class Cox:
    """See Head in learning/head.py."""

    causes: int = 1
    """1, or more with competing events."""
    days: tuple[float, ...] = ()
    """When the baseline hazards were estimated; none before `with_baseline`."""
    hazard: tuple[tuple[float, ...], ...] = ()
    """Cumulative baseline hazard of each cause at those days."""

    @property
    def outputs(self) -> int:
        """One number a cause."""
        return self.causes

    def truth(self, value: Value) -> NDArray[np.float32]:
        """Return days and end (2,)."""
        return survival_numbers(value)

    def loss(self, raw: Tensor, truth: Tensor) -> Tensor:
        """Return the loss, shared out among the batch (N,)."""
        risk, days = raw.float(), truth[:, 0]  # (N, K)
        cause = torch.arange(1, self.causes + 1, device=raw.device)
        had = truth[:, 1:2].clamp_max(self.causes) == cause  # (N, K)
        at_risk = days[None, :] >= days[:, None]  # (N, N): row's case sees whom
        total = torch.logsumexp(torch.where(at_risk[..., None], risk[None], risk.new_tensor(-1e9)), dim=1)  # (N, K)
        each = torch.where(had, total - risk, torch.zeros_like(risk)).sum(dim=1)
        return each * (len(each) / had.sum().clamp_min(1))

    def with_baseline(self, raw: Floats, truth: Floats) -> "Cox":
        """Return the head with Breslow's cumulative baseline hazards of these cases. StudyError if none of them has the event.

        raw : (N, causes); truth : (N, 2)
        """
        risk, days, code = self._relative(raw), truth[:, 0].astype(float), self._codes(truth)
        if not (code == 1).any():
            raise no_event(len(code))
        when, place = np.unique(days, return_inverse=True)
        died, leaving = np.zeros((len(when), self.causes)), np.zeros((len(when), self.causes))
        np.add.at(died, place, code[:, None] == np.arange(1, self.causes + 1))
        np.add.at(leaving, place, risk)
        at_risk = leaving[::-1].cumsum(axis=0)[::-1]
        hazard = (died / at_risk).cumsum(axis=0)  # (T, K)
        with_event = np.flatnonzero(died.any(axis=1))
        kept = with_event[np.unique(np.linspace(0, len(with_event) - 1, min(TIMES, len(with_event))).round().astype(int))]
        return dataclasses.replace(self, days=tuple(when[kept].tolist()), hazard=_rows(hazard[kept].T))

    def calibrated(self, raw: Floats, truth: Floats) -> Head:
        """Return the head whose hazards expect as many cases with each cause as were seen; that of fewer than 10 stays."""
        if not self.days:
            return self
        code, hazard = self._codes(truth), np.asarray(self.hazard, float)
        place = np.searchsorted(self.days, truth[:, 0].astype(float), side="right")
        until = np.concatenate([np.zeros((self.causes, 1)), hazard], axis=1)[:, place]  # (K, N)
        expected = (until * self._relative(raw).T).sum(axis=1)
        seen = (code[:, None] == np.arange(1, self.causes + 1)).sum(axis=0)
        factor = np.where((seen >= ENOUGH) & (expected > 0), seen / np.where(expected > 0, expected, 1.0), 1.0)
        return dataclasses.replace(self, hazard=_rows(hazard * factor[:, None]))

    @property
    def answer_border(self) -> float:
        """Above it, more than the mean hazard."""
        return 0.0

    def answer(self, raw: Floats) -> Value:
        """Return 1 - cumulative incidence of the event at the days of the baseline."""
        hazard = np.asarray(self.hazard, float).reshape(self.causes, -1) * self._relative(raw)[:, None]  # (K, T)
        return Survival(days=np.asarray(self.days, float), alive=1.0 - incidence_of_hazards(hazard))

    def map(self, raw: Floats) -> Floats:
        """Return what every place adds to the logarithm of the event's hazard, (1, *s)."""
        return np.asarray(raw)[:1]

    def _relative(self, raw: Floats) -> NDArray[np.float64]:
        """Return relative hazards (..., causes)."""
        relative: NDArray[np.float64] = np.exp(np.clip(np.asarray(raw, float), -30, 30))
        return relative

    def _codes(self, truth: Floats) -> NDArray[np.intp]:
        """Return how times ended (N,); a cause that no learning case had is the last."""
        return np.minimum(truth[:, 1], self.causes).astype(np.intp)


def no_event(cases: int) -> StudyError:
    """Return the error for hazards of an event that nobody has."""
    return StudyError(
        f"expected learning cases with the event for a Cox head, got none among {cases}. Look at the codes: 1 is the event, 0 "
        "followed up without it; or put patients with the event into the learning part."
    )


def _rows(hazard: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    """Return hazards as plain numbers of eight digits: a network that says 20 of everybody has hazards of 1e-9."""
    return tuple(tuple(float(f"{x:.8g}") for x in row) for row in hazard)


def survival_numbers(value: Value) -> NDArray[np.float32]:
    """Return days and how they ended (2,); NaN = not assessed."""
    if not isinstance(value, Survival) or not len(value.days):
        return np.full(2, np.nan, np.float32)
    return np.array([float(value.days[0]), value.code], np.float32)


def fit(target: Target, labels: Sequence[Value]) -> Cox:
    """Return the head of a target. StudyError if no label is an event."""
    del target
    codes = np.array([survival_numbers(label)[1] for label in labels], float)
    if not (codes == 1).any():
        raise no_event(len(codes))
    return Cox(causes=max(1, int(np.nanmax(codes, initial=1))))


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
