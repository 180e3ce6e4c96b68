"""What a linear model is fitted by: squares, the binomial and multinomial likelihood, Cox's partial likelihood.

In:   outcomes of N cases; a linear score eta (N, K) per case.
Out:  the mean loss and its derivative by eta.
Not:  no penalty, no search (elastic_net.py).

Reference: Cox, J R Stat Soc B 1972; 34:187-220 (partial likelihood); Breslow, Biometrics 1974; 30:89-99 (ties, baseline hazard).
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp, softmax

Array = NDArray[np.float64]
Rows = NDArray[np.intp]


class Loss(ABC):
    """Outcomes and what they cost under a score."""

    curvature: ClassVar[float]
    """A bound of the second derivative by a score (for Cox a first guess; the search corrects it)."""
    intercept: ClassVar[bool] = True
    unit: float = 1.0
    """What a score's size is compared with: 1 for logits and log hazards."""

    @abstractmethod
    def take(self, rows: Rows) -> "Loss":
        """Return the loss of some of the cases."""

    @abstractmethod
    def start(self) -> Array:
        """Return the intercepts (K,) of the best model without features."""

    @abstractmethod
    def value(self, eta: Array) -> float:
        """Return the mean loss at (N, K)."""

    @abstractmethod
    def slope(self, eta: Array) -> Array:
        """Return the derivative of the mean loss by eta, (N, K)."""

    def held_out(self, eta: Array, rows: Rows) -> float:
        """Return the summed loss of some cases under scores (N, K) of a model that did not see them."""
        return self.take(rows).value(eta[rows]) * len(rows)


class Squares(Loss):
    """Half the squared error of y (N,)."""

    curvature = 1.0

    def __init__(self, y: Array) -> None:
        self.y = y.reshape(-1, 1)
        self.unit = float(y.std()) or 1.0

    def take(self, rows: Rows) -> "Squares":
        """Return the loss of some of the cases."""
        return Squares(self.y[rows])

    def start(self) -> Array:
        """Return the mean."""
        return np.asarray(self.y.mean(axis=0))

    def value(self, eta: Array) -> float:
        """Return the mean loss."""
        return float(((eta - self.y) ** 2).mean() / 2)

    def slope(self, eta: Array) -> Array:
        """Return its derivative."""
        return (eta - self.y) / len(self.y)


class Binomial(Loss):
    """Minus the log likelihood of y (N,) in {0, 1}, both present; eta is the logit."""

    curvature = 0.25

    def __init__(self, y: Array) -> None:
        self.y = y.reshape(-1, 1)

    def take(self, rows: Rows) -> "Binomial":
        """Return the loss of some of the cases."""
        return Binomial(self.y[rows])

    def start(self) -> Array:
        """Return the logit of the share; a share of 0 or 1 is moved in by half a case."""
        share = np.clip(self.y.mean(axis=0), 0.5 / len(self.y), 1 - 0.5 / len(self.y))
        return np.asarray(np.log(share / (1 - share)))

    def value(self, eta: Array) -> float:
        """Return the mean loss."""
        return float((np.logaddexp(0.0, eta) - self.y * eta).mean())

    def slope(self, eta: Array) -> Array:
        """Return its derivative."""
        return np.asarray((expit(eta) - self.y) / len(self.y))


class Softmax(Loss):
    """Minus the log likelihood of one class out of K; y (N,) is its index."""

    curvature = 0.5

    def __init__(self, y: Array, classes: int) -> None:
        self.y = y.astype(np.intp)
        self.classes = classes
        self._one = np.eye(classes)[self.y]  # (N, K)

    def take(self, rows: Rows) -> "Softmax":
        """Return the loss of some of the cases."""
        return Softmax(self.y[rows].astype(float), self.classes)

    def start(self) -> Array:
        """Return the log shares; a class without a case counts as half a case."""
        count = np.maximum(self._one.sum(axis=0), 0.5)
        return np.asarray(np.log(count / count.sum()))

    def value(self, eta: Array) -> float:
        """Return the mean loss."""
        return float((logsumexp(eta, axis=1) - (eta * self._one).sum(axis=1)).mean())

    def slope(self, eta: Array) -> Array:
        """Return its derivative."""
        return np.asarray((softmax(eta, axis=1) - self._one) / len(self.y))


class Cox(Loss):
    """Minus the log partial likelihood, ties after Breslow; days (N,), event (N,) bool; eta is the log hazard ratio."""

    curvature = 0.25
    intercept = False

    def __init__(self, days: Array, event: NDArray[np.bool_]) -> None:
        self.days, self.event = days, event
        self.times, self._place = np.unique(days, return_inverse=True)
        self._died = np.bincount(self._place, weights=event, minlength=len(self.times))

    def take(self, rows: Rows) -> "Cox":
        """Return the loss of some of the cases."""
        return Cox(self.days[rows], self.event[rows])

    def start(self) -> Array:
        """Return 0: a hazard ratio has no level."""
        return np.zeros(1)

    def at_risk(self, eta: Array) -> Array:
        """Return the summed hazard ratios of those at risk at each time, (T,)."""
        ratio = np.bincount(self._place, weights=np.exp(_bounded(eta)), minlength=len(self.times))
        return np.asarray(ratio[::-1].cumsum()[::-1])

    def value(self, eta: Array) -> float:
        """Return the mean loss."""
        score = _bounded(eta)
        return float((self._died @ np.log(self.at_risk(eta)) - score[self.event].sum()) / len(self.days))

    def slope(self, eta: Array) -> Array:
        """Return its derivative."""
        until = np.cumsum(self._died / self.at_risk(eta))[self._place]
        return ((np.exp(_bounded(eta)) * until - self.event) / len(self.days))[:, None]

    def held_out(self, eta: Array, rows: Rows) -> float:
        """Return what the cases add to the partial likelihood of all (Verweij & van Houwelingen, Stat Med 1993; 12:2305-2314)."""
        rest = np.setdiff1d(np.arange(len(self.days)), rows)
        return self.value(eta) * len(self.days) - self.take(rest).value(eta[rest]) * len(rest)

    def cumulative_hazard(self, eta: Array) -> Array:
        """Return Breslow's cumulative hazard of a case with eta 0 at each of `times`, (T,)."""
        return np.asarray(np.cumsum(self._died / self.at_risk(eta)))


def _bounded(eta: Array) -> Array:
    """Return the scores (N,), kept where their exponential is a number."""
    return np.clip(eta.reshape(-1), -50.0, 50.0)
