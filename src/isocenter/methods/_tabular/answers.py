"""Answers: from the labels of a target to what is fitted, and from what was fitted to an answer.

In:   labels; a standardized matrix.
Out:  Answerer: a Scores, Amount or Survival per case.
Not:  no features (extractors/), no files (model.py).

class      : one multinomial model over the classes met in learning; the others have probability 0, as in class_prior.
multilabel : a binomial model per finding, on the cases in which it was assessed; NaN for one never assessed.
ordinal    : a binomial model per threshold, P(grade >= k), made to fall with k.
value, count, proportion : a linear model, kept to what the kind allows; an interval label stands for its midpoint. The 95 %
             prediction interval is the answer ± the error the inner folds kept to in 95 % of rows (NaN with fewer than 20).
survival   : proportional hazards of each cause on the baseline of Breslow, the others taken for censorings; of all together the
             cumulative incidence, in a world with competing events.

Reference: Frank & Hall, ECML 2001, LNCS 2167:145-156 (ordinal). Cox, J R Stat Soc B 1972; 34:187-220.
           Lei et al., J Am Stat Assoc 2018; 113:1094-1111 (intervals from held-out errors).
           Benichou & Gail, Biometrics 1990; 46:813-826 (incidence from the hazards of all causes).
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isocenter.core.amount import Amount
from isocenter.core.errors import PlanError
from isocenter.core.record import Record
from isocenter.core.scores import Scores
from isocenter.core.study import Target
from isocenter.core.survival import Survival
from isocenter.core.value import Value
from isocenter.methods._baselines.mean_amount import known_amount
from isocenter.methods._tabular.config import TabularConfig
from isocenter.methods._tabular.estimators import Chosen, Part, constant, fit_linear, fit_trees, folds_of
from isocenter.methods._tabular.losses import Binomial, Cox, Loss, Softmax, Squares
from isocenter.metrics.incidence import incidence_of_hazards

Array = NDArray[np.float64]


class Answerer(Record):
    """What was fitted for one target."""

    target: Target
    parts: tuple[Part, ...]
    speaks_of: tuple[int, ...]
    """ordinal and multilabel: the grade or finding of each part; survival: its cause; class: the classes of the one part."""
    why: tuple[str, ...]
    """How each part was chosen."""
    half: float = math.nan
    """Half the width of a prediction interval."""
    days: Array | None = None
    """survival: times of the baseline, (T,)."""
    hazard: Array | None = None
    """survival: cumulative hazard of each cause of an average case at those times, (K, T)."""

    def answer(self, x: Array) -> Value:
        """Return the answer to one case, x (1, F)."""
        said = [part.predict(x)[0] for part in self.parts]
        kind, names = self.target.type, self.target.classes
        if kind == "class":
            shares = said[0] if len(said[0]) == len(self.speaks_of) else np.array([1 - said[0][0], said[0][0]])
            p = np.zeros(len(names))
            p[list(self.speaks_of)] = shares
            return Scores(p=p, names=names)
        if kind == "multilabel":
            p = np.full(len(names), np.nan)
            p[list(self.speaks_of)] = [float(one[0]) for one in said]
            return Scores(p=p, names=names)
        if kind == "ordinal":
            above = np.minimum.accumulate([1.0, *(float(one[0]) for one in said)])  # P(grade >= k)
            return Scores(p=above - np.append(above[1:], 0.0), names=names)
        if kind == "survival" and self.days is not None and self.hazard is not None:
            ratio = np.exp(np.clip([float(one[0]) for one in said], -50.0, 50.0))  # (K,)
            return Survival(days=self.days, alive=1.0 - incidence_of_hazards(self.hazard * ratio[:, None]))
        value, (least, most) = float(said[0][0]), bounds(self.target)
        value = min(max(value, least), most)
        return (
            Amount(value=value, unit=self.target.unit, low=max(value - self.half, least), high=min(value + self.half, most))
            if math.isfinite(self.half)
            else Amount(value=value, unit=self.target.unit)
        )


def bounds(target: Target) -> tuple[float, float]:
    """Return the least and the greatest amount a target can have."""
    most = (100.0 if target.unit == "%" else 1.0) if target.type == "proportion" else math.inf
    return (0.0 if target.type in ("count", "proportion") else -math.inf), most


def outcomes(target: Target, labels: Sequence[Value]) -> Array:
    """Return the labels as numbers, NaN = not assessed: index, (N, K) findings, amount, or (N, 2) days and how they ended."""
    if target.type == "multilabel":
        return np.array([label.p if isinstance(label, Scores) else [] for label in labels], float)
    if target.type in ("class", "ordinal"):
        best = [label.best if isinstance(label, Scores) else -1 for label in labels]
        return np.array([index if index >= 0 else np.nan for index in best], float)
    if target.type == "survival":
        return np.array(
            [[label.days[0], label.code] if isinstance(label, Survival) else [np.nan, np.nan] for label in labels], float
        )
    return np.array([known_amount(label) if isinstance(label, Amount) else np.nan for label in labels], float)


def fit_answerer(target: Target, x: Array, y: Array, patients: Sequence[str], config: TabularConfig, seed: int) -> Answerer | None:
    """Fit what a target asks for; None if nothing was assessed.

    x : (N, F); y : as `outcomes` gives it; patients : (N,)
    """
    if target.type == "survival":
        return _times(target, x, y, patients, config, seed)
    questions = _questions(target, y)
    fitted = [(of, _fit(x, column, classes, patients, config, seed)) for of, column, classes in questions]
    known = [(of, chosen) for of, chosen in fitted if chosen is not None]
    if not known:
        return None
    parts, why = tuple(chosen.part for _, chosen in known), tuple(chosen.why for _, chosen in known)
    if target.type == "class":
        return Answerer(target=target, parts=parts, why=why, speaks_of=known[0][0])
    half = math.nan
    if target.type not in ("multilabel", "ordinal"):
        half = _half(known[0][1].held_out, y)
    return Answerer(target=target, parts=parts, why=why, speaks_of=tuple(of[0] for of, _ in known), half=half)


def _questions(target: Target, y: Array) -> list[tuple[tuple[int, ...], Array, int]]:
    """Return what is fitted, each with what it speaks of, its outcomes (N,), and its number of classes (0 for an amount)."""
    if target.type == "class":
        met = tuple(int(k) for k in np.unique(y[np.isfinite(y)]))
        place = {k: float(i) for i, k in enumerate(met)}
        return [(met, np.array([place[int(k)] if np.isfinite(k) else np.nan for k in y]), max(len(met), 1))]
    if target.type == "multilabel":
        return [((k,), y[:, k], 2) for k in range(y.shape[1])]
    if target.type == "ordinal":
        return [((k,), np.where(np.isfinite(y), y >= k, np.nan), 2) for k in range(1, len(target.classes))]
    return [((0,), y, 0)]


def _fit(x: Array, y: Array, classes: int, patients: Sequence[str], config: TabularConfig, seed: int) -> Chosen | None:
    """Fit one question on the rows with an outcome; a constant where all have the same. None if no row has one."""
    rows = np.flatnonzero(np.isfinite(y))
    if not len(rows):
        return None
    x, y = x[rows], y[rows]
    if (y == y[0]).all():
        one = constant(1.0 if classes == 1 else float(y[0]), x.shape[1], logistic=classes > 0)
        return Chosen(part=one, why="the same for all learning cases", held_out=np.full((len(y), 1), np.nan))
    loss: Loss = Squares(y) if classes == 0 else Binomial(y) if classes == 2 else Softmax(y, classes)
    fold = folds_of([patients[int(row)] for row in rows], y, config.folds, np.random.default_rng(seed))
    return fit_trees(x, loss, fold, config, seed) if config.estimator == "random_forest" else fit_linear(x, loss, fold, config)


def _half(held_out: Array, y: Array) -> float:
    """Return the error that 95 % of held-out answers keep to, counted so that a new one does; NaN with fewer than 20."""
    error = np.sort(np.abs(held_out[:, 0] - y[np.isfinite(y)]))
    rank = math.ceil(0.95 * (len(error) + 1))
    return float(error[rank - 1]) if rank <= len(error) and np.isfinite(error).all() else math.nan


def _times(target: Target, x: Array, y: Array, patients: Sequence[str], config: TabularConfig, seed: int) -> Answerer | None:
    """Fit proportional hazards; without any event the curve stays at 1."""
    if config.estimator != "elastic_net":
        raise PlanError(f"expected estimator elastic_net for the survival target {target.name!r}, got {config.estimator}.")
    rows = np.flatnonzero(np.isfinite(y).all(axis=1))
    if not len(rows):
        return None
    x, days, end, who = x[rows], y[rows, 0], y[rows, 1], [patients[int(row)] for row in rows]
    causes = sorted({1.0, *end[end > 1].tolist()})
    fitted = [_cause(x, Cox(days, end == cause), who, config, seed) for cause in causes]
    hazard = np.stack([loss.cumulative_hazard(chosen.part.predict(x)) for loss, chosen in fitted])  # (K, T)
    times = fitted[0][0].times
    start = () if times[0] <= 0 else (0.0,)
    return Answerer(
        target=target,
        parts=tuple(chosen.part for _, chosen in fitted),
        why=tuple(chosen.why for _, chosen in fitted),
        speaks_of=tuple(int(cause) for cause in causes),
        days=np.concatenate([start, times]),
        hazard=np.concatenate([np.zeros((len(causes), len(start))), hazard], axis=1),
    )


def _cause(x: Array, loss: Cox, patients: Sequence[str], config: TabularConfig, seed: int) -> tuple[Cox, Chosen]:
    """Fit the hazard of one cause; the same for everybody, 0, when nobody had it."""
    if not loss.event.any():
        held_out = np.zeros((len(x), 1))
        return loss, Chosen(part=constant(0.0, x.shape[1], logistic=False), why="no event in learning", held_out=held_out)
    fold = folds_of(patients, loss.event.astype(float), config.folds, np.random.default_rng(seed))
    return loss, fit_linear(x, loss, fold, config)
