"""The elastic net beside scikit-learn, and its Cox model beside lifelines."""

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, LogisticRegression

from isocenter.methods._tabular.elastic_net import path, strengths
from isocenter.methods._tabular.losses import Binomial, Cox, Softmax, Squares


@pytest.fixture
def table(rng):
    x = rng.normal(size=(120, 8))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x, x[:, 0] * 2 - x[:, 1] + rng.normal(size=120)


def last(x, loss, strength, l1):
    *_, model = path(x, loss, np.array([10.0, 1.0, strength]), l1=l1, tolerance=1e-8, most=20000)
    return model


@pytest.mark.parametrize("l1", [0.0, 0.5, 1.0])
def test_squares_equal_scikit_learn(table, l1):
    x, y = table
    ours = last(x, Squares(y), 0.1, l1)
    theirs = ElasticNet(alpha=0.1, l1_ratio=max(l1, 1e-9), tol=1e-10, max_iter=100000).fit(x, y)
    np.testing.assert_allclose(ours.weights[:, 0], theirs.coef_, atol=1e-4)
    assert ours.intercept[0] == pytest.approx(theirs.intercept_, abs=1e-4)


@pytest.mark.parametrize("l1", [0.1, 0.9])
def test_many_features_give_what_scikit_learn_gives(l1, rng):
    x = rng.normal(size=(60, 700))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = x[:, :5].sum(axis=1) + rng.normal(size=60)
    along = strengths(x, Squares(y), l1=l1, count=6, reach=0.05)
    *_, ours = path(x, Squares(y), along, l1=l1, tolerance=1e-8, most=20000)
    theirs = ElasticNet(alpha=along[-1], l1_ratio=l1, tol=1e-10, max_iter=100000).fit(x, y)
    assert 0 < (ours.weights != 0).sum() < 700
    np.testing.assert_allclose(ours.weights[:, 0], theirs.coef_, atol=3e-3)


@pytest.mark.parametrize("classes", [2, 3])
def test_the_likelihoods_equal_scikit_learn(table, classes):
    x, y = table
    label = np.digitize(y, [0.0, 1.5][: classes - 1])
    loss = Binomial(label.astype(float)) if classes == 2 else Softmax(label.astype(float), 3)
    ours = last(x, loss, 0.02, 0.5)
    theirs = LogisticRegression(l1_ratio=0.5, C=1 / (0.02 * len(y)), solver="saga", tol=1e-9, max_iter=50000).fit(x, label)
    np.testing.assert_allclose(ours.weights.T, theirs.coef_, atol=1e-3)


def test_cox_equals_lifelines(table, rng):
    lifelines = pytest.importorskip("lifelines")
    pandas = pytest.importorskip("pandas")
    x, y = table
    days = rng.exponential(np.exp(-y / 2)) * 100
    event = rng.random(120) < 0.7
    ours = last(x, Cox(days, event), 1e-7, 0.0)
    frame = pandas.DataFrame(x).assign(days=days, event=event)
    theirs = lifelines.CoxPHFitter().fit(frame, "days", "event")
    np.testing.assert_allclose(ours.weights[:, 0], theirs.params_.to_numpy(), atol=1e-3)


def test_the_baseline_is_breslows(rng):
    """Without features Breslow's estimate is Nelson and Aalen's: here 1/4, then 1/4 + 2/3 (two events among three at risk)."""
    loss = Cox(np.array([1.0, 2.0, 2.0, 3.0]), np.array([True, True, True, False]))
    np.testing.assert_allclose(loss.cumulative_hazard(np.zeros((4, 1))), [1 / 4, 1 / 4 + 2 / 3, 1 / 4 + 2 / 3])


@pytest.mark.parametrize(
    "loss_of", [Squares, lambda y: Binomial((y > 0) * 1.0), lambda y: Softmax(np.digitize(y, [-1, 1]) * 1.0, 3)]
)
def test_the_slope_is_the_derivative_of_the_value(table, loss_of, rng):
    _, y = table
    loss = loss_of(y)
    eta = rng.normal(size=(len(y), len(loss.start())))
    way = rng.normal(size=eta.shape)
    rise = (loss.value(eta + 1e-5 * way) - loss.value(eta - 1e-5 * way)) / 2e-5
    assert (loss.slope(eta) * way).sum() == pytest.approx(rise, rel=1e-5)


def test_the_strongest_penalty_leaves_the_mean_and_the_next_does_not(table):
    x, y = table
    along = strengths(x, Squares(y), l1=0.5, count=5, reach=0.01)
    models = list(path(x, Squares(y), along, l1=0.5))
    assert not models[0].weights.any()
    assert models[0].intercept[0] == pytest.approx(y.mean())
    assert models[1].weights.any()
    assert along[-1] == pytest.approx(along[0] * 0.01)
