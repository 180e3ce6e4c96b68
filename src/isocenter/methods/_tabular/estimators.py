"""Estimators: fitted to a matrix and outcomes, their penalty chosen by inner cross-validation over patients.

In:   a standardized matrix (N, F), a loss, the patient of each row.
Out:  Linear or Trees, and what the inner folds' models said of the rows they had not seen.
Not:  no labels, no answers (answers.py).

The chosen penalty (or leaf size) is the one with the least held-out loss. With fewer than two patients there is nothing to
compare: the strongest is taken.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from isocenter.core.record import Record
from isocenter.methods._forest import Forest, forest_of
from isocenter.methods._tabular.config import TabularConfig
from isocenter.methods._tabular.elastic_net import path, strengths
from isocenter.methods._tabular.losses import Binomial, Loss, Softmax, Squares

Array = NDArray[np.float64]
_COMPARED = 40  # trees that are enough to compare two sizes of a leaf


class Part(Protocol):
    """What was fitted for one question: probabilities, a number, or a log hazard ratio."""

    def predict(self, x: Array) -> Array:
        """Return (N, K) for standardized features (N, F): K = 1 but for one class out of several."""
        ...

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return what belongs into safetensors."""
        ...


class Linear(Record):
    """link(x @ weights + intercept)."""

    weights: Array
    """(F, K)"""
    intercept: Array
    """(K,); infinite where a probability is 0 or 1 for everybody."""
    link: str
    """identity, logistic or softmax."""

    def predict(self, x: Array) -> Array:
        """Return (N, K)."""
        return _answers(x @ self.weights + self.intercept, self.link)

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return weights and intercept."""
        return {"weights": np.ascontiguousarray(self.weights), "intercept": np.ascontiguousarray(self.intercept)}


class Trees(Record):
    """A forest; of two classes the second's share alone."""

    forest: Forest

    def predict(self, x: Array) -> Array:
        """Return (N, K)."""
        share = self.forest.predict(x.astype(np.float32)).astype(np.float64)
        return share[:, 1:] if share.shape[1] == 2 else share

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Return the forest's arrays."""
        return self.forest.arrays()


class Chosen(Record):
    """An estimator, how it was chosen, and its honest answers to its own rows."""

    part: Part
    why: str
    held_out: Array
    """(N, K), each row by a model that did not see its patient; NaN without inner folds."""


def folds_of(patients: Sequence[str], order: Array, count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Return the fold of each row, (N,): patients sorted by their mean `order` (the outcome) are dealt out in turn, ties by lot."""
    names, place = np.unique(np.asarray(patients, object).astype(str), return_inverse=True)
    mean = np.bincount(place, weights=order) / np.bincount(place)
    ranked = np.lexsort((rng.random(len(names)), mean))
    fold = np.empty(len(names), np.intp)
    fold[ranked] = np.arange(len(names)) % max(min(count, len(names)), 1)
    return np.asarray(fold[place])


def fit_linear(x: Array, loss: Loss, fold: NDArray[np.intp], config: TabularConfig) -> Chosen:
    """Fit an elastic net; strength and share of the absolute penalty by the inner folds."""
    reach = 1e-2 if x.shape[1] > len(x) else 1e-3
    alongs = {l1: strengths(x, loss, l1=l1, count=config.strengths, reach=reach) for l1 in config.l1_shares}
    best, cost, held_out = (config.l1_shares[0], 0), np.inf, np.full((len(x), len(loss.start())), np.nan)
    parts = np.unique(fold)
    for l1, along in alongs.items() if len(parts) > 1 else ():
        costs = np.zeros(len(along))
        said = np.zeros((len(along), *held_out.shape))
        for part in parts:
            rows, rest = np.flatnonzero(fold == part), np.flatnonzero(fold != part)
            for index, model in enumerate(path(x[rest], loss.take(rest), along, l1=l1, tolerance=1e-3, most=300)):
                eta = x @ model.weights + model.intercept
                costs[index] += loss.held_out(eta, rows)
                said[index, rows] = eta[rows]
        if costs.min() < cost:
            cost = float(costs.min())
            best, held_out = (l1, int(costs.argmin())), said[int(costs.argmin())]
    l1, index = best
    *_, model = path(x, loss, alongs[l1][: index + 1], l1=l1)
    part = Linear(weights=model.weights, intercept=model.intercept, link=_link(loss))
    used = int((model.weights != 0).any(axis=1).sum())
    why = f"penalty {alongs[l1][index]:.3g}, absolute share {l1:g}; {used} of {x.shape[1]} features used"
    return Chosen(part=part, why=why, held_out=_answers(held_out, part.link))


def fit_trees(x: Array, loss: Loss, fold: NDArray[np.intp], config: TabularConfig, seed: int) -> Chosen:
    """Fit a random forest; the least cases of a leaf by the inner folds' squared error (of probabilities, the Brier score)."""
    truth = loss.y if isinstance(loss, Squares | Binomial) else np.eye(loss.classes)[loss.y]  # type: ignore[attr-defined]
    best, cost, held_out = max(config.leaves), np.inf, np.full(truth.shape, np.nan)
    parts = np.unique(fold)
    for leaf in config.leaves if len(parts) > 1 else ():
        said = np.zeros(truth.shape)
        for part in parts:
            rows, rest = np.flatnonzero(fold == part), np.flatnonzero(fold != part)
            said[rows] = _grown(x[rest], loss.take(rest), leaf, min(_COMPARED, config.trees), seed).predict(x[rows])
        if (error := float(((said - truth) ** 2).mean())) < cost:
            best, cost, held_out = leaf, error, said
    return Chosen(part=_grown(x, loss, best, config.trees, seed), why=f"at least {best} cases in a leaf", held_out=held_out)


def constant(value: float, features: int, *, logistic: bool) -> Linear:
    """Return the estimator that answers everybody with `value` (a probability if logistic)."""
    with np.errstate(divide="ignore"):
        level = np.log(value) - np.log1p(-value) if logistic else value
    return Linear(weights=np.zeros((features, 1)), intercept=np.array([level]), link="logistic" if logistic else "identity")


def _answers(eta: Array, link: str) -> Array:
    """Return what scores (N, K) mean."""
    if link == "softmax":
        return np.asarray(softmax(eta, axis=1))
    return np.asarray(expit(eta)) if link == "logistic" else eta


def _link(loss: Loss) -> str:
    """Return what turns a score into an answer."""
    return "softmax" if isinstance(loss, Softmax) else "logistic" if isinstance(loss, Binomial) else "identity"


def _grown(x: Array, loss: Loss, leaf: int, trees: int, seed: int) -> Trees:
    """Grow a forest by scikit-learn and take its trees out."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    kind = RandomForestRegressor if isinstance(loss, Squares) else RandomForestClassifier
    y = loss.y.reshape(-1)  # type: ignore[attr-defined]
    features = 1 / 3 if isinstance(loss, Squares) else "sqrt"
    fitted = kind(trees, min_samples_leaf=leaf, max_features=features, random_state=seed).fit(x.astype(np.float32), y)
    forest = forest_of(fitted)
    if isinstance(loss, Squares):
        return Trees(forest=forest)
    share = np.zeros((len(forest.share), 2 if isinstance(loss, Binomial) else loss.classes))  # type: ignore[attr-defined]
    share[:, fitted.classes_.astype(int)] = forest.share  # a class an inner fold lacks has probability 0
    return Trees(forest=Forest(**{**vars(forest), "share": share}))
